package sherd.engine.table;

import sherd.engine.memory.OffHeap;
import sherd.engine.version.VersionVector;

/**
 * A row in a shard's heap. What most rows do not need takes no room: a string with a short key, up to 255 bytes and a
 * small counter has 8 bytes beyond key and value.
 *
 * <pre>
 * +0  head (short):  length of the key (bits 0-5; 63: it is in the field of its own below)
 *                  | whether the length of the value has 4 bytes, not 1 (bit 6)
 *                  | width of the counter: 1, 2, 4 or 8 bytes (bits 7-8) | form (9-11) | flags (12-15)
 * +2  time of the last write, epoch seconds (int)
 * +6  counter of the serving shard
 *     length of the value
 *     length of the key (int), if it is 63 or more
 *     detail (int), unless STRING or TOMBSTONE: fields of a FIELDS hash, number of a BIG_HASH, slot of a ROW in the
 *       column arrays
 *     if EXPIRES: expiry, epoch milliseconds (long)
 *     if DOTS: number of other dots (int), then shard (int) and counter (long) of each
 *     key, value
 * </pre>
 *
 * <p>A record keeps its widths as long as it stays where it is: {@link #holds} tells whether a counter still fits, and
 * {@link #holdsLength} whether a length does.
 */
final class RecordLayout {
    static final int STRING = 1;
    /** A hash as one run of fields ({@link FieldList}). */
    static final int FIELDS = 2;
    /** A hash with an index of its own; the value is empty. Its counter is always wide, so it never moves for one. */
    static final int BIG_HASH = 3;
    /** A row: fixed columns in the arrays, the others here ({@link RowColumns}). */
    static final int ROW = 4;
    /** The key is not there, although a segment may still have it. */
    static final int TOMBSTONE = 5;

    static final int EXPIRES = 1;
    static final int DOTS = 2;
    /** A copy of what a segment says; may be dropped at any time. */
    static final int CACHED = 4;
    /** A segment has an older version of this key. */
    static final int SHADOWS = 8;

    private static final int KEY_MASK = 63;
    private static final int WIDE_KEY = 63;
    private static final int WIDE_VALUE = 1 << 6;
    private static final int MAX_NARROW_VALUE = 255;
    private static final int COUNTER_SHIFT = 7;
    private static final int FORM_SHIFT = 9;
    private static final int FLAGS_SHIFT = 12;

    private static final int WRITTEN = 2;
    private static final int COUNTER = 6;
    private static final int DETAIL_BYTES = 4;
    private static final int EXPIRY_BYTES = 8;
    private static final int DOT_BYTES = 12;

    private static final int SHAPE_SHIFT = 6;
    private static final int SHAPE_MASK = 127;
    /** Bytes before dots and key by the bits 6-12 of the head, without the length of a wide key. */
    private static final byte[] SHAPE_BYTES = shapeBytes();

    private RecordLayout() {}

    static long bytes(int form, int flags, int keyLength, long valueLength, long counter, int dots) {
        int head = head(form, flags, keyLength, valueLength, counter);
        return fixedBytes(head) + dotsBytes(flags, dots) + keyLength + valueLength;
    }

    static long bytes(long record) {
        return key(record) - record + keyLength(record) + valueLength(record);
    }

    /** Writes all but expiry, dots, key and value. */
    static void write(
            long record, int form, int flags, int keyLength, int valueLength, long counter, int written, int detail) {
        int head = head(form, flags, keyLength, valueLength, counter);
        OffHeap.putShort(record, (short) head);
        setValueLength(record, valueLength);
        if ((head & KEY_MASK) == WIDE_KEY) {
            OffHeap.putInt(record + COUNTER + counterBytes(head) + valueLengthBytes(head), keyLength);
        }
        setState(record, counter, written);
        if (detailed(form)) {
            setDetail(record, detail);
        }
    }

    private static int head(int form, int flags, int keyLength, long valueLength, long counter) {
        int width = form == BIG_HASH ? 3 : counterWidth(counter);
        return Math.min(keyLength, WIDE_KEY)
                | (valueLength > MAX_NARROW_VALUE ? WIDE_VALUE : 0)
                | width << COUNTER_SHIFT
                | form << FORM_SHIFT
                | flags << FLAGS_SHIFT;
    }

    /** As a power of two. */
    private static int counterWidth(long counter) {
        if (counter >>> 8 == 0) {
            return 0;
        }
        if (counter >>> 16 == 0) {
            return 1;
        }
        return counter >>> 32 == 0 ? 2 : 3;
    }

    private static byte[] shapeBytes() {
        var bytes = new byte[SHAPE_MASK + 1];
        for (int shape = 0; shape < bytes.length; shape++) {
            int head = shape << SHAPE_SHIFT;
            bytes[shape] = (byte) (COUNTER
                    + counterBytes(head)
                    + valueLengthBytes(head)
                    + (detailed(formOf(head)) ? DETAIL_BYTES : 0)
                    + ((flagsOf(head) & EXPIRES) != 0 ? EXPIRY_BYTES : 0));
        }
        return bytes;
    }

    private static int fixedBytes(int head) {
        int bytes = SHAPE_BYTES[head >>> SHAPE_SHIFT & SHAPE_MASK];
        return (head & KEY_MASK) == WIDE_KEY ? bytes + 4 : bytes;
    }

    private static int dotsBytes(int flags, int dots) {
        return (flags & DOTS) != 0 ? 4 + dots * DOT_BYTES : 0;
    }

    private static boolean detailed(int form) {
        return form != STRING && form != TOMBSTONE;
    }

    private static int counterBytes(int head) {
        return 1 << (head >>> COUNTER_SHIFT & 3);
    }

    private static int valueLengthBytes(int head) {
        return (head & WIDE_VALUE) != 0 ? 4 : 1;
    }

    private static int formOf(int head) {
        return head >>> FORM_SHIFT & 7;
    }

    private static int flagsOf(int head) {
        return head >>> FLAGS_SHIFT & 15;
    }

    private static int head(long record) {
        return OffHeap.getUnsignedShort(record);
    }

    static int form(long record) {
        return formOf(head(record));
    }

    static int flags(long record) {
        return flagsOf(head(record));
    }

    /** EXPIRES and DOTS must stay what they are. */
    static void setFlags(long record, int flags) {
        OffHeap.putShort(record, (short) ((head(record) & ((1 << FLAGS_SHIFT) - 1)) | (flags << FLAGS_SHIFT)));
    }

    static int keyLength(long record) {
        int head = head(record);
        int length = head & KEY_MASK;
        return length < WIDE_KEY
                ? length
                : OffHeap.getInt(record + COUNTER + counterBytes(head) + valueLengthBytes(head));
    }

    static int valueLength(long record) {
        int head = head(record);
        long at = record + COUNTER + counterBytes(head);
        return (head & WIDE_VALUE) != 0 ? OffHeap.getInt(at) : OffHeap.getUnsignedByte(at);
    }

    /** Whether the record can have a value of that length without being written anew, as far as its header goes. */
    static boolean holdsLength(long record, long valueLength) {
        return valueLength <= MAX_NARROW_VALUE || (head(record) & WIDE_VALUE) != 0;
    }

    /** Only lengths that {@link #holdsLength} allows. */
    static void setValueLength(long record, int valueLength) {
        int head = head(record);
        long at = record + COUNTER + counterBytes(head);
        if ((head & WIDE_VALUE) != 0) {
            OffHeap.putInt(at, valueLength);
        } else {
            OffHeap.putByte(at, (byte) valueLength);
        }
    }

    static long counter(long record) {
        long at = record + COUNTER;
        return switch (counterBytes(head(record))) {
            case 1 -> OffHeap.getUnsignedByte(at);
            case 2 -> OffHeap.getUnsignedShort(at);
            case 4 -> OffHeap.getInt(at) & 0xFFFFFFFFL;
            default -> OffHeap.getLong(at);
        };
    }

    /** Whether the record has room for that counter. */
    static boolean holds(long record, long counter) {
        return 1 << counterWidth(counter) <= counterBytes(head(record));
    }

    /** Only counters that {@link #holds} allows. */
    static void setState(long record, long counter, int written) {
        OffHeap.putInt(record + WRITTEN, written);
        long at = record + COUNTER;
        switch (counterBytes(head(record))) {
            case 1 -> OffHeap.putByte(at, (byte) counter);
            case 2 -> OffHeap.putShort(at, (short) counter);
            case 4 -> OffHeap.putInt(at, (int) counter);
            default -> OffHeap.putLong(at, counter);
        }
    }

    static int written(long record) {
        return OffHeap.getInt(record + WRITTEN);
    }

    /** 0 for a form that has none. */
    static int detail(long record) {
        return detailed(form(record)) ? OffHeap.getInt(detailAddress(record)) : 0;
    }

    static void setDetail(long record, int detail) {
        OffHeap.putInt(detailAddress(record), detail);
    }

    private static long detailAddress(long record) {
        int head = head(record);
        return record + fixedBytes(head) - ((flagsOf(head) & EXPIRES) != 0 ? EXPIRY_BYTES : 0) - DETAIL_BYTES;
    }

    /** Epoch milliseconds, or -1. */
    static long expiry(long record) {
        int head = head(record);
        return (flagsOf(head) & EXPIRES) != 0 ? OffHeap.getLong(record + fixedBytes(head) - EXPIRY_BYTES) : -1;
    }

    static void setExpiry(long record, long expiry) {
        OffHeap.putLong(record + fixedBytes(head(record)) - EXPIRY_BYTES, expiry);
    }

    static void writeDots(long record, VersionVector vector, int own) {
        long at = dotsAddress(record);
        int count = 0;
        for (int i = 0; i < vector.size(); i++) {
            if (vector.shard(i) != own) {
                OffHeap.putInt(at + 4 + (long) count * DOT_BYTES, vector.shard(i));
                OffHeap.putLong(at + 8 + (long) count * DOT_BYTES, vector.counterAt(i));
                count++;
            }
        }
        OffHeap.putInt(at, count);
    }

    static int dots(long record) {
        return (flags(record) & DOTS) != 0 ? OffHeap.getInt(dotsAddress(record)) : 0;
    }

    static long dot(long record, int index) {
        return dotsAddress(record) + 4 + (long) index * DOT_BYTES;
    }

    private static long dotsAddress(long record) {
        return record + fixedBytes(head(record));
    }

    static long key(long record) {
        int head = head(record);
        long at = record + fixedBytes(head);
        return (head & DOTS << FLAGS_SHIFT) == 0 ? at : at + dotsBytes(DOTS, OffHeap.getInt(at));
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
