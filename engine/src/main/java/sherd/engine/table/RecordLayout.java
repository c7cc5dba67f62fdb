package sherd.engine.table;

import sherd.engine.memory.OffHeap;
import sherd.engine.version.VersionVector;

/**
 * A row in a shard's heap.
 *
 * <pre>
 * +0   length of the value (int)
 * +4   length of the key (bits 0-19) | form (20-23) | flags (24-31)   (int)
 * +8   counter of the serving shard (long)
 * +16  time of the last write, epoch seconds (int)
 * +20  detail (int): fields of a FIELDS hash, number of a BIG_HASH, slot of a ROW in the column arrays
 * +24  if EXPIRES: expiry, epoch milliseconds (long)
 *      if DOTS: number of other dots (int), then shard (int) and counter (long) of each
 *      key, value
 * </pre>
 */
public final class RecordLayout {
    static final int STRING = 1;
    /** A hash as one run of fields ({@link FieldList}). */
    static final int FIELDS = 2;
    /** A hash with an index of its own; the value is empty. */
    static final int BIG_HASH = 3;
    /** A row: fixed columns in the arrays, the others here ({@link RowStore}). */
    static final int ROW = 4;
    /** The key is not there, although a segment may still have it. */
    static final int TOMBSTONE = 5;

    static final int EXPIRES = 1;
    static final int DOTS = 2;
    /** A copy of what a segment says; may be dropped at any time. */
    static final int CACHED = 4;
    /** A segment has an older version of this key. */
    static final int SHADOWS = 8;

    static final int MAX_KEY = 1 << 16;

    private static final int KEY_AND_FORM = 4;
    private static final int COUNTER = 8;
    private static final int WRITTEN = 16;
    private static final int DETAIL = 20;
    private static final int HEADER = 24;
    private static final int KEY_MASK = (1 << 20) - 1;

    private RecordLayout() {}

    static long bytes(int keyLength, long valueLength, int flags, int dots) {
        return HEADER + extras(flags, dots) + keyLength + valueLength;
    }

    static long bytes(long record) {
        return bytes(keyLength(record), valueLength(record), flags(record), dots(record));
    }

    private static int extras(int flags, int dots) {
        return ((flags & EXPIRES) != 0 ? 8 : 0) + ((flags & DOTS) != 0 ? 4 + dots * 12 : 0);
    }

    static void writeHeader(long record, int form, int flags, int keyLength, int valueLength) {
        OffHeap.putInt(record, valueLength);
        OffHeap.putInt(record + KEY_AND_FORM, keyLength | form << 20 | flags << 24);
    }

    static void writeState(long record, long counter, int written, int detail) {
        OffHeap.putLong(record + COUNTER, counter);
        OffHeap.putInt(record + WRITTEN, written);
        OffHeap.putInt(record + DETAIL, detail);
    }

    static void writeDots(long record, VersionVector vector, int own) {
        long at = dotsAddress(record);
        int count = 0;
        for (int i = 0; i < vector.size(); i++) {
            if (vector.shard(i) != own) {
                OffHeap.putInt(at + 4 + count * 12L, vector.shard(i));
                OffHeap.putLong(at + 8 + count * 12L, vector.counterAt(i));
                count++;
            }
        }
        OffHeap.putInt(at, count);
    }

    static int valueLength(long record) {
        return OffHeap.getInt(record);
    }

    static int keyLength(long record) {
        return OffHeap.getInt(record + KEY_AND_FORM) & KEY_MASK;
    }

    static int form(long record) {
        return OffHeap.getInt(record + KEY_AND_FORM) >>> 20 & 15;
    }

    static int flags(long record) {
        return OffHeap.getInt(record + KEY_AND_FORM) >>> 24;
    }

    static void setFlags(long record, int flags) {
        OffHeap.putByte(record + KEY_AND_FORM + 3, (byte) flags);
    }

    static long counter(long record) {
        return OffHeap.getLong(record + COUNTER);
    }

    static int written(long record) {
        return OffHeap.getInt(record + WRITTEN);
    }

    static int detail(long record) {
        return OffHeap.getInt(record + DETAIL);
    }

    static void setDetail(long record, int detail) {
        OffHeap.putInt(record + DETAIL, detail);
    }

    /** Epoch milliseconds, or -1. */
    static long expiry(long record) {
        return (flags(record) & EXPIRES) != 0 ? OffHeap.getLong(record + HEADER) : -1;
    }

    static void setExpiry(long record, long expiry) {
        OffHeap.putLong(record + HEADER, expiry);
    }

    static int dots(long record) {
        return (flags(record) & DOTS) != 0 ? OffHeap.getInt(dotsAddress(record)) : 0;
    }

    static long dot(long record, int index) {
        return dotsAddress(record) + 4 + index * 12L;
    }

    private static long dotsAddress(long record) {
        return record + HEADER + ((flags(record) & EXPIRES) != 0 ? 8 : 0);
    }

    static long key(long record) {
        int flags = flags(record);
        return record + HEADER + ((flags & (EXPIRES | DOTS)) == 0 ? 0 : extras(flags, dots(record)));
    }

    static long value(long record) {
        return key(record) + keyLength(record);
    }

    static VersionVector vector(long record, int own) {
        var vector = VersionVector.of(own, counter(record));
        for (int i = 0; i < dots(record); i++) {
            long dot = dot(record, i);
            vector = vector.with(OffHeap.getInt(dot), OffHeap.getLong(dot + 4));
        }
        return vector;
    }
}
