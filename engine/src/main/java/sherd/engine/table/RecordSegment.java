package sherd.engine.table;

import java.nio.charset.StandardCharsets;
import sherd.engine.archive.RowCursor;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationLayout;
import sherd.engine.command.RowBatch;
import sherd.engine.command.RowLayout;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.version.VersionVector;

/** Rows of a record table into a segment and out again. */
@SuppressWarnings("EnumOrdinal") // kinds are stored by their ordinal; new ones go to the end
public final class RecordSegment {
    private static final Kind[] KINDS = Kind.values();
    private static final byte[] NO_BYTES = {};

    private final TableDefinition definition;
    private final SegmentSchema schema;
    private final byte[] vectorText = new byte[64];

    public RecordSegment(TableDefinition definition) {
        this.definition = definition;
        this.schema = new SegmentSchema(definition);
    }

    public SegmentSchema schema() {
        return schema;
    }

    /** Adds the row that a PUT in the form of {@link MutationLayout} states; kind ABSENT makes a tombstone. */
    public void add(SegmentWriter writer, long put) {
        var kind = MutationLayout.kind(put);
        int shard = MutationLayout.shard(put);
        switch (kind) {
            case STRING, HASH -> {
                writer.putBytes(0, MutationLayout.key(put), MutationLayout.keyLength(put));
                writer.putBytes(1, MutationLayout.first(put), MutationLayout.firstLength(put));
            }
            case ROW -> addColumns(writer, MutationLayout.first(put));
            case ABSENT -> {}
        }
        writer.putBytes(schema.key(), MutationLayout.key(put), MutationLayout.keyLength(put));
        writer.putLong(schema.kind(), kind.ordinal());
        writer.putLong(schema.fields(), kind == Kind.HASH ? MutationLayout.second(put) : 0);
        writer.putLong(schema.expires(), MutationLayout.expiry(put));
        addVector(writer, put, shard);
        writer.putLong(schema.written(), MutationLayout.written(put));
        writer.endRow();
    }

    /** Most rows have one dot; a checkpoint of a million of them must not fill the heap with texts. */
    private void addVector(SegmentWriter writer, long put, int shard) {
        if (MutationLayout.dots(put) == 0) {
            int start = prependDecimal(vectorText.length, MutationLayout.counter(put));
            vectorText[--start] = ':';
            start = prependDecimal(start, shard);
            vectorText[--start] = '/';
            start = prependDecimal(start, shard);
            writer.putBytes(schema.vector(), vectorText, start, vectorText.length - start);
            return;
        }
        var vector = VersionVector.of(shard, MutationLayout.counter(put));
        for (int i = 0; i < MutationLayout.dots(put); i++) {
            long dot = MutationLayout.dot(put, i);
            vector = vector.with(OffHeap.getInt(dot), OffHeap.getLong(dot + 4));
        }
        var text = (shard + "/" + vector).getBytes(StandardCharsets.US_ASCII);
        writer.putBytes(schema.vector(), text, 0, text.length);
    }

    private int prependDecimal(int end, long number) {
        int start = end;
        long rest = number;
        do {
            vectorText[--start] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        return start;
    }

    private void addColumns(SegmentWriter writer, long row) {
        var columns = definition.columns();
        long at = RowLayout.values(row, columns.size());
        for (int i = 0; i < columns.size(); i++) {
            if (RowLayout.isNull(row, i)) {
                continue;
            }
            var type = columns.get(i).type();
            int bytes = RowLayout.valueBytes(at, type);
            switch (type) {
                case INT64, INT32, TIMESTAMP, BOOL -> writer.putLong(i, RowLayout.fixed(at, type));
                case FLOAT64, FLOAT32 -> writer.putDouble(i, RowLayout.floating(at, type));
                case STRING, JSON, BYTES -> writer.putBytes(i, at + 4, bytes - 4);
            }
            at += bytes;
        }
    }

    /** What is known of a row without its value: kind ABSENT is a tombstone, an expiry of -1 none. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Head(Kind kind, byte[] key, long expiry) {}

    public Head readHead(RowCursor cursor) {
        return new Head(kind(cursor), cursor.getBytes(schema.key()), cursor.getLong(schema.expires()));
    }

    private Kind kind(RowCursor cursor) {
        return kind((int) cursor.getLong(schema.kind()));
    }

    /** What a number in the column of kinds stands for. */
    public static Kind kind(int ordinal) {
        if (ordinal < 0 || ordinal >= KINDS.length) {
            throw corrupt("an unknown kind of row: kind=" + ordinal);
        }
        return KINDS[ordinal];
    }

    /** Reads the row at the cursor if it is of the common kind, which {@link PlainRow} can hold. */
    public boolean read(RowCursor cursor, PlainRow row) {
        var kind = kind(cursor);
        return (kind == Kind.STRING || kind == Kind.HASH) && row.read(cursor, schema, kind);
    }

    /** A stored row together with the shard that served it when it was written. */
    public record Stored(int shard, ArchivedRow row) {}

    /** The row at the cursor. */
    public Stored read(RowCursor cursor, MemoryBudget budget) {
        var kind = kind(cursor);
        var value = switch (kind) {
            case STRING, HASH -> cursor.getBytes(1);
            case ROW -> row(cursor, budget);
            case ABSENT -> NO_BYTES;
        };
        var vectorText = new String(cursor.getBytes(schema.vector()), StandardCharsets.US_ASCII);
        int slash = vectorText.indexOf('/');
        var vector = slash < 1
                ? java.util.Optional.<VersionVector>empty()
                : VersionVector.parse(vectorText.substring(slash + 1));
        return new Stored(
                slash < 1 ? 0 : Integer.parseInt(vectorText.substring(0, slash)),
                new ArchivedRow(
                        kind,
                        cursor.getBytes(schema.key()),
                        value,
                        (int) cursor.getLong(schema.fields()),
                        cursor.getLong(schema.expires()),
                        vector.orElseThrow(() -> corrupt("not a version vector: '" + vectorText + "'")),
                        (int) cursor.getLong(schema.written())));
    }

    private byte[] row(RowCursor cursor, MemoryBudget budget) {
        var columns = definition.columns();
        try (var batch = new RowBatch(columns, budget)) {
            for (int i = 0; i < columns.size(); i++) {
                if (cursor.isNull(i)) {
                    continue;
                }
                switch (columns.get(i).type()) {
                    case INT64, INT32, TIMESTAMP, BOOL -> batch.putLong(i, cursor.getLong(i));
                    case FLOAT64, FLOAT32 -> batch.putDouble(i, cursor.getDouble(i));
                    case STRING, JSON, BYTES -> {
                        var bytes = cursor.getBytes(i);
                        batch.putBytes(i, bytes, 0, bytes.length);
                    }
                }
            }
            batch.endRow();
            return OffHeap.toArray(batch.address(), (int) batch.bytes());
        }
    }

    /** Values of the table's own columns at the cursor, as objects. */
    public static @org.jspecify.annotations.Nullable Object[] values(RowCursor cursor, TableDefinition definition) {
        var columns = definition.columns();
        var values = new @org.jspecify.annotations.Nullable Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            if (!cursor.isNull(i)) {
                values[i] = value(cursor, i, columns.get(i).type());
            }
        }
        return values;
    }

    private static Object value(RowCursor cursor, int column, ColumnType type) {
        return switch (type) {
            case INT64, TIMESTAMP -> cursor.getLong(column);
            case INT32 -> (int) cursor.getLong(column);
            case BOOL -> cursor.getLong(column) != 0;
            case FLOAT64 -> cursor.getDouble(column);
            case FLOAT32 -> (float) cursor.getDouble(column);
            case STRING, JSON -> new String(cursor.getBytes(column), StandardCharsets.UTF_8);
            case BYTES -> cursor.getBytes(column);
        };
    }

    private static StoreException corrupt(String what) {
        return new StoreException(ErrorCode.CORRUPT_SEGMENT, "segment: " + what + "; run 'sherd check'");
    }
}
