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

    private static final short[] CRC16 = crc16Table();

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
        for (int i = 0; i < length; i++) {
            crc = ((crc << 8) ^ CRC16[((crc >>> 8) ^ OffHeap.getByte(address + i)) & 0xFF]) & 0xFFFF;
        }
        return crc & 0x3FFF;
    }

    private static long compose(int slot, long hash) {
        return ((long) slot << HASH_BITS) | (hash >>> SLOT_BITS);
    }

    private static int indexOf(long address, int from, int length, char wanted) {
        for (int i = from; i < length; i++) {
            if (OffHeap.getByte(address + i) == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static short[] crc16Table() {
        var table = new short[256];
        for (int i = 0; i < 256; i++) {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }
            table[i] = (short) crc;
        }
        return table;
    }
}
