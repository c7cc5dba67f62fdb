package sherd.engine.command;

import sherd.engine.memory.OffHeap;

/**
 * One accepted change of a row as it stands in the commit log. It states the outcome (the counter after the write, an
 * absolute expiry), never the request, so that replaying it onto a state that already has it changes nothing for good.
 *
 * <pre>
 * +0   operation (byte)   +1 kind (byte)   +2 other dots of the vector (short)
 * +4   length of the whole (int)
 * +8   table (int)        +12 shard (int)
 * +16  counter of the shard after the write (long); APPEND: id of the first row
 * +24  expiry, epoch milliseconds or -1 (long)
 * +32  time of the write, epoch seconds (int)
 * +36  length of the key (int)
 * +40  length of the first run of bytes (int)
 * +44  length of the second run (int); PUT: fields of a hash; WRITE: offset; APPEND: rows
 * +48  dots: shard (int), counter (long); then key, first run, second run
 *
 * PUT           first: value (string), field list (hash), row (row)
 * WRITE         first: bytes that replace the value's from the offset on
 * FIELD_PUT     first: name, second: value
 * FIELD_REMOVE  first: name
 * EXPIRE        the expiry alone
 * REMOVE
 * APPEND        first: rows
 * FLUSH         the whole table
 * </pre>
 */
@SuppressWarnings("EnumOrdinal") // kinds are stored by their ordinal; new ones go to the end
public final class MutationLayout {
    public static final byte PUT = 1;
    public static final byte WRITE = 2;
    public static final byte FIELD_PUT = 3;
    public static final byte FIELD_REMOVE = 4;
    public static final byte EXPIRE = 5;
    public static final byte REMOVE = 6;
    public static final byte APPEND = 7;
    public static final byte FLUSH = 8;

    public static final int HEADER = 48;
    public static final int DOT = 12;

    private static final int KIND = 1;
    private static final int DOTS = 2;
    private static final int LENGTH = 4;
    private static final int TABLE = 8;
    private static final int SHARD = 12;
    private static final int COUNTER = 16;
    private static final int EXPIRY = 24;
    private static final int WRITTEN = 32;
    private static final int KEY_LENGTH = 36;
    private static final int FIRST_LENGTH = 40;
    private static final int SECOND = 44;

    private static final Kind[] KINDS = Kind.values();

    private MutationLayout() {}

    public static byte operation(long at) {
        return OffHeap.getByte(at);
    }

    public static Kind kind(long at) {
        return KINDS[kindNumber(at)];
    }

    /** The kind as it is stored, which may be none. */
    public static int kindNumber(long at) {
        return OffHeap.getByte(at + KIND);
    }

    public static int dots(long at) {
        return OffHeap.getUnsignedShort(at + DOTS);
    }

    public static int length(long at) {
        return OffHeap.getInt(at + LENGTH);
    }

    public static int table(long at) {
        return OffHeap.getInt(at + TABLE);
    }

    public static int shard(long at) {
        return OffHeap.getInt(at + SHARD);
    }

    public static long counter(long at) {
        return OffHeap.getLong(at + COUNTER);
    }

    public static long expiry(long at) {
        return OffHeap.getLong(at + EXPIRY);
    }

    public static int written(long at) {
        return OffHeap.getInt(at + WRITTEN);
    }

    public static int keyLength(long at) {
        return OffHeap.getInt(at + KEY_LENGTH);
    }

    public static int firstLength(long at) {
        return OffHeap.getInt(at + FIRST_LENGTH);
    }

    public static int second(long at) {
        return OffHeap.getInt(at + SECOND);
    }

    public static long dot(long at, int index) {
        return at + HEADER + (long) index * DOT;
    }

    public static long key(long at) {
        return at + HEADER + (long) dots(at) * DOT;
    }

    public static long first(long at) {
        return key(at) + keyLength(at);
    }

    public static long secondRun(long at) {
        return first(at) + firstLength(at);
    }

    static void writeHeader(long at, byte operation, Kind kind, int dots, int length, int table, int shard) {
        OffHeap.putByte(at, operation);
        OffHeap.putByte(at + KIND, (byte) kind.ordinal());
        OffHeap.putShort(at + DOTS, (short) dots);
        OffHeap.putInt(at + LENGTH, length);
        OffHeap.putInt(at + TABLE, table);
        OffHeap.putInt(at + SHARD, shard);
    }

    static void writeState(long at, long counter, long expiry, int written) {
        OffHeap.putLong(at + COUNTER, counter);
        OffHeap.putLong(at + EXPIRY, expiry);
        OffHeap.putInt(at + WRITTEN, written);
    }

    static void writeLengths(long at, int key, int first, int second) {
        OffHeap.putInt(at + KEY_LENGTH, key);
        OffHeap.putInt(at + FIRST_LENGTH, first);
        OffHeap.putInt(at + SECOND, second);
    }
}
