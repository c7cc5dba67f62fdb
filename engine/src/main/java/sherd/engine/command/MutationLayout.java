package sherd.engine.command;

import sherd.engine.memory.OffHeap;

/**
 * One accepted change of a row as it stands in the commit log. It states the outcome (the counter after the write, an
 * absolute expiry), never the request, so that replaying it onto a state that already has it changes nothing for good.
 *
 * <p>What a small write needs is 18 bytes; what few have stands behind, when a flag says so.
 *
 * <pre>
 * +0   operation (byte)
 * +1   kind (low four bits) and flags: 0x10 WIDE, 0x20 EXPIRES, 0x40 SECOND, 0x80 DOTS (byte)
 * +2   time of the write, epoch seconds (int)
 *                                                        narrow        WIDE
 *      table                                             +6  short     +6  int
 *      shard                                             +8  short     +10 int
 *      counter of the shard after the write;             +10 int       +14 long
 *        APPEND: id of the first row
 *      length of the key                                 +14 short     +22 int
 *      length of the first run of bytes                  +16 short     +26 int
 *                                                        18 bytes      30 bytes
 * then, each if its flag is set:
 *      SECOND   (int) length of the second run; PUT: fields of a hash; WRITE: offset; APPEND: rows
 *      EXPIRES  (long) expiry, epoch milliseconds
 *      DOTS     (short) other dots of the vector, then shard (int) and counter (long) of each
 * then key, first run, second run
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

    private static final int WIDE = 0x10;
    static final int EXPIRES = 0x20;
    static final int SECOND = 0x40;
    static final int DOTS = 0x80;

    private static final int KIND_MASK = 0x0F;
    private static final int FLAGS = 1;
    private static final int WRITTEN = 2;
    private static final int TABLE = 6;
    private static final int NARROW_BYTES = 18;
    private static final int WIDE_BYTES = 30;
    private static final int DOT_BYTES = 12;

    private static final Kind[] KINDS = Kind.values();

    private MutationLayout() {}

    /** Whether a whole change lies within so many bytes. */
    public static boolean fits(long at, long bytes) {
        return bytes >= NARROW_BYTES
                && bytes >= dotsOffset(flags(at)) + ((flags(at) & DOTS) != 0 ? 2 : 0)
                && keyLength(at) >= 0
                && firstLength(at) >= 0
                && (operation(at) != FIELD_PUT || second(at) >= 0)
                && length(at) <= bytes;
    }

    public static byte operation(long at) {
        return OffHeap.getByte(at);
    }

    public static Kind kind(long at) {
        return KINDS[kindNumber(at)];
    }

    /** The kind as it is stored, which may be none. */
    public static int kindNumber(long at) {
        return OffHeap.getByte(at + FLAGS) & KIND_MASK;
    }

    private static int flags(long at) {
        return OffHeap.getByte(at + FLAGS) & 0xF0;
    }

    private static boolean wide(long at) {
        return (flags(at) & WIDE) != 0;
    }

    public static int written(long at) {
        return OffHeap.getInt(at + WRITTEN);
    }

    public static int table(long at) {
        return wide(at) ? OffHeap.getInt(at + TABLE) : OffHeap.getUnsignedShort(at + TABLE);
    }

    public static int shard(long at) {
        return wide(at) ? OffHeap.getInt(at + 10) : OffHeap.getUnsignedShort(at + 8);
    }

    public static long counter(long at) {
        return wide(at) ? OffHeap.getLong(at + 14) : OffHeap.getInt(at + 10) & 0xFFFFFFFFL;
    }

    public static int keyLength(long at) {
        return wide(at) ? OffHeap.getInt(at + 22) : OffHeap.getUnsignedShort(at + 14);
    }

    public static int firstLength(long at) {
        return wide(at) ? OffHeap.getInt(at + 26) : OffHeap.getUnsignedShort(at + 16);
    }

    private static int secondOffset(int flags) {
        return (flags & WIDE) != 0 ? WIDE_BYTES : NARROW_BYTES;
    }

    private static int expiryOffset(int flags) {
        return secondOffset(flags) + ((flags & SECOND) != 0 ? 4 : 0);
    }

    private static int dotsOffset(int flags) {
        return expiryOffset(flags) + ((flags & EXPIRES) != 0 ? 8 : 0);
    }

    public static int second(long at) {
        return (flags(at) & SECOND) != 0 ? OffHeap.getInt(at + secondOffset(flags(at))) : 0;
    }

    /** Epoch milliseconds, or -1. */
    public static long expiry(long at) {
        return (flags(at) & EXPIRES) != 0 ? OffHeap.getLong(at + expiryOffset(flags(at))) : -1;
    }

    public static int dots(long at) {
        return (flags(at) & DOTS) != 0 ? OffHeap.getUnsignedShort(at + dotsOffset(flags(at))) : 0;
    }

    public static long dot(long at, int index) {
        return at + dotsOffset(flags(at)) + 2 + (long) index * DOT_BYTES;
    }

    /** Of the whole change. */
    public static long length(long at) {
        return key(at) - at + keyLength(at) + firstLength(at) + (operation(at) == FIELD_PUT ? second(at) : 0);
    }

    public static long key(long at) {
        return (flags(at) & DOTS) != 0 ? dot(at, dots(at)) : at + dotsOffset(flags(at));
    }

    public static long first(long at) {
        return key(at) + keyLength(at);
    }

    public static long secondRun(long at) {
        return first(at) + firstLength(at);
    }

    /** The flags of a change with these values. */
    static int flags(int table, int shard, long counter, int key, int first, int second, long expiry, int dots) {
        boolean narrow = (table | shard | key | first) >>> 16 == 0 && counter >>> 32 == 0;
        return (narrow ? 0 : WIDE) | (second != 0 ? SECOND : 0) | (expiry != -1 ? EXPIRES : 0) | (dots != 0 ? DOTS : 0);
    }

    /** Bytes before the key. */
    static int headerBytes(int flags, int dots) {
        return dotsOffset(flags) + ((flags & DOTS) != 0 ? 2 + dots * DOT_BYTES : 0);
    }

    /** What stands before the extras; in words, since it is read again as such at once and would wait for smaller writes. */
    static void writeHead(
            long at,
            byte operation,
            Kind kind,
            int flags,
            int written,
            int table,
            int shard,
            long counter,
            int key,
            int first) {
        long start = operation | (long) (kind.ordinal() | flags) << 8 | (written & 0xFFFFFFFFL) << 16;
        if ((flags & WIDE) == 0) {
            OffHeap.putLong(at, start | (long) table << 48);
            OffHeap.putLong(at + 8, shard | counter << 16 | (long) key << 48);
            OffHeap.putShort(at + 16, (short) first);
        } else {
            OffHeap.putLong(at, start);
            OffHeap.putInt(at + TABLE, table);
            OffHeap.putInt(at + 10, shard);
            OffHeap.putLong(at + 14, counter);
            OffHeap.putInt(at + 22, key);
            OffHeap.putInt(at + 26, first);
        }
    }

    /** The dots themselves are the caller's to fill in. */
    static void writeExtras(long at, int flags, int second, long expiry, int dots) {
        if ((flags & SECOND) != 0) {
            OffHeap.putInt(at + secondOffset(flags), second);
        }
        if ((flags & EXPIRES) != 0) {
            OffHeap.putLong(at + expiryOffset(flags), expiry);
        }
        if ((flags & DOTS) != 0) {
            OffHeap.putShort(at + dotsOffset(flags), (short) dots);
        }
    }
}
