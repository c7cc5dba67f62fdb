package sherd.engine.table;

import sherd.engine.archive.RowCursor;
import sherd.engine.command.Kind;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.Region;
import sherd.engine.version.VersionVector;

/**
 * A string or hash whose version has the dot of its own shard alone, as nearly all rows are. A start loads millions of
 * them, so it is used again for each, and none becomes objects. Not thread-safe.
 */
public final class PlainRow implements AutoCloseable {
    private static final int USUAL_BYTES = 4096;
    /** More than this is given back after a row. */
    private static final int KEEP_BYTES = 1 << 20;
    /** Two shards and a counter, at their longest. */
    private static final int MAX_VECTOR = 42;

    private final Region bytes;
    private final byte[] vector = new byte[MAX_VECTOR];
    private int at;
    private Kind kind = Kind.ABSENT;
    private int shard;
    private int keyLength;
    private int valueLength;
    private int fields;
    private long expiry;
    private long counter;
    private int written;

    public PlainRow(MemoryBudget budget) {
        bytes = new Region(budget, MemoryBudget.Purpose.CACHE, USUAL_BYTES);
    }

    /** Of the shard that served it when it was written. */
    public int shard() {
        return shard;
    }

    public long key() {
        return bytes.address();
    }

    public int keyLength() {
        return keyLength;
    }

    /** Writes it at the store's current key. */
    public void put(RecordStore store) {
        long value = bytes.address() + keyLength;
        if (kind == Kind.STRING) {
            store.putString(value, valueLength, expiry, counter, written);
        } else {
            store.putFields(value, valueLength, fields, expiry, counter, written);
        }
        if (store.otherDots() > 0) {
            store.setDots(VersionVector.of(shard, counter)); // of an archived row that was there before
        }
    }

    /** False if its version is another one. */
    boolean read(RowCursor cursor, SegmentSchema schema, Kind kindOfRow) {
        if (!readVector(cursor, schema.vector())) {
            return false;
        }
        kind = kindOfRow;
        keyLength = cursor.length(schema.key());
        valueLength = cursor.length(1);
        bytes.shrink(KEEP_BYTES);
        bytes.ensure((long) keyLength + valueLength);
        cursor.copyBytes(schema.key(), bytes.address());
        cursor.copyBytes(1, bytes.address() + keyLength);
        fields = (int) cursor.getLong(schema.fields());
        expiry = cursor.getLong(schema.expires());
        written = (int) cursor.getLong(schema.written());
        return true;
    }

    /** {@code shard/shard:counter}; whatever else it is, others say what is wrong with it. */
    private boolean readVector(RowCursor cursor, int column) {
        int length = cursor.length(column);
        if (length > MAX_VECTOR) {
            return false;
        }
        cursor.copyBytes(column, vector, 0);
        at = 0;
        long server = number(length, '/');
        long writer = number(length, ':');
        counter = number(length, '\0');
        shard = (int) server;
        return server >= 0 && server == writer && server <= Integer.MAX_VALUE && counter > 0;
    }

    /** The number up to a mark or the end, or -1. */
    private long number(int length, char mark) {
        int start = at;
        long number = 0;
        while (at < length && vector[at] >= '0' && vector[at] <= '9') {
            number = number * 10 + vector[at++] - '0';
        }
        boolean some = at > start && at - start < 19;
        boolean ended = mark == '\0' ? at == length : at < length && vector[at] == mark;
        at++;
        return some && ended ? number : -1;
    }

    @Override
    public void close() {
        bytes.close();
    }
}
