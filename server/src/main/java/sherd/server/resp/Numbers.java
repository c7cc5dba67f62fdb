package sherd.server.resp;

import sherd.engine.memory.OffHeap;

/** Integers as Redis reads and writes them: no sign but '-', no leading zeros, no spaces. */
final class Numbers {
    /** The longest text of a long. */
    static final int MAX_DIGITS = 20;

    private static final long OVERFLOW_AT = Long.MAX_VALUE / 10;

    private Numbers() {}

    static boolean isLong(long address, int length) {
        if (length < 1 || length > MAX_DIGITS) {
            return false;
        }
        boolean negative = OffHeap.getByte(address) == '-';
        int at = negative ? 1 : 0;
        if (at == length) {
            return false;
        }
        int first = OffHeap.getByte(address + at);
        if (first == '0') {
            return length == 1;
        }
        long value = 0;
        for (; at < length; at++) {
            int digit = OffHeap.getByte(address + at) - '0';
            if (digit < 0 || digit > 9 || value < -OVERFLOW_AT) {
                return false;
            }
            value = value * 10 - digit;
            if (value > 0) {
                return false;
            }
        }
        return negative || value != Long.MIN_VALUE;
    }

    /** The value of a text for which {@link #isLong} holds. */
    static long toLong(long address, int length) {
        boolean negative = OffHeap.getByte(address) == '-';
        long value = 0;
        for (int at = negative ? 1 : 0; at < length; at++) {
            value = value * 10 - (OffHeap.getByte(address + at) - '0');
        }
        return negative ? value : -value;
    }

    /** Writes the digits; returns how many bytes. The target has room for {@link #MAX_DIGITS}. */
    static int put(long address, long value) {
        int length = digits(value);
        long rest = value > 0 ? -value : value;
        long at = address + length;
        do {
            OffHeap.putByte(--at, (byte) ('0' - rest % 10));
            rest /= 10;
        } while (rest != 0);
        if (value < 0) {
            OffHeap.putByte(address, (byte) '-');
        }
        return length;
    }

    /** Bytes of the text, sign included. */
    static int digits(long value) {
        int length = value < 0 ? 2 : 1;
        for (long rest = value / 10; rest != 0; rest /= 10) {
            length++;
        }
        return length;
    }
}
