package sherd.engine.schema;

import sherd.engine.memory.OffHeap;

/**
 * Where a shard key lies among all 2^64 positions (unsigned order). The top 14 bits are the CRC16 slot that cluster
 * clients of Redis compute, so one table of intervals serves them too; the rest is a hash.
 */
public final class Position {
    public static final int SLOT_BITS = 14;

    /** Bits below the slot: what an index within a shard may use as hash. */
    public static final int HASH_BITS = 64 - SLOT_BITS;

    private static final long HASH_MASK = (1L << HASH_BITS) - 1;

    private static final long LOW_BITS = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    /** {@code CRC16[k]} is what a byte does to the checksum when k bytes follow it: four bytes are one step. */
    private static final char[][] CRC16 = crc16Tables();

    private static final char[] CRC16_0 = CRC16[0];
    private static final char[] CRC16_1 = CRC16[1];
    private static final char[] CRC16_2 = CRC16[2];
    private static final char[] CRC16_3 = CRC16[3];

    private Position() {}

    /** Position of a plain key: a {@code {tag}} in it, where there is one, decides the slot. */
    public static long ofKey(long address, int length) {
        int open = indexOf(address, 0, length, '{');
        if (open >= 0) {
            int close = indexOf(address, open + 1, length, '}');
            if (close > open + 1) {
                return compose(slot(address + open + 1, close - open - 1), OffHeap.hash(address, length));
            }
        }
        return compose(slot(address, length), OffHeap.hash(address, length));
    }

    /** Position of an encoded shard key; no tags. */
    public static long of(long address, int length) {
        return compose(slot(address, length), OffHeap.hash(address, length));
    }

    /** CRC16 (XMODEM) of the bytes, modulo 16384. */
    public static int slot(long address, int length) {
        int crc = 0;
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            int word = OffHeap.getInt(address + i);
            crc = CRC16_3[(crc >>> 8 ^ word) & 0xFF]
                    ^ CRC16_2[(crc ^ word >>> 8) & 0xFF]
                    ^ CRC16_1[word >>> 16 & 0xFF]
                    ^ CRC16_0[word >>> 24];
        }
        for (; i < length; i++) {
            crc = ((crc << 8) ^ CRC16_0[((crc >>> 8) ^ OffHeap.getByte(address + i)) & 0xFF]) & 0xFFFF;
        }
        return crc & 0x3FFF;
    }

    /** The part of a position that tells keys of one slot apart. */
    public static long hashOf(long position) {
        return position & HASH_MASK;
    }

    private static long compose(int slot, long hash) {
        return ((long) slot << HASH_BITS) | (hash >>> SLOT_BITS);
    }

    private static int indexOf(long address, int from, int length, char wanted) {
        int i = from;
        for (; i + 8 <= length; i += 8) {
            long differs = OffHeap.getLong(address + i) ^ wanted * LOW_BITS;
            if ((differs - LOW_BITS & ~differs & HIGH_BITS) != 0) {
                break; // it is among these eight
            }
        }
        for (; i < length; i++) {
            if (OffHeap.getByte(address + i) == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static char[][] crc16Tables() {
        var tables = new char[4][256];
        for (int i = 0; i < 256; i++) {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }
            tables[0][i] = (char) crc;
        }
        for (int k = 1; k < tables.length; k++) {
            for (int i = 0; i < 256; i++) {
                int crc = tables[k - 1][i];
                tables[k][i] = (char) ((crc << 8) ^ tables[0][crc >>> 8]);
            }
        }
        return tables;
    }
}
