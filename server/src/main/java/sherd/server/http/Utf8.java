package sherd.server.http;

import java.util.HexFormat;
import sherd.engine.memory.OffHeap;

/** Strict UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
final class Utf8 {
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Utf8() {}

    /** Offset of the first byte that cannot be part of UTF-8 text, or -1. */
    static int firstInvalid(long address, int length) {
        int at = 0;
        while (at < length) {
            if (at + 8 <= length && (OffHeap.getLong(address + at) & HIGH_BITS) == 0) {
                at += 8;
                continue;
            }
            int size = sizeAt(address + at, length - at);
            if (size == 0) {
                return at;
            }
            at += size;
        }
        return -1;
    }

    /** The same for an array. */
    static int firstInvalid(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            if (bytes[at] >= 0) {
                at++;
                continue;
            }
            int size = size(bytes[at] & 0xFF, at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0, bytes.length - at);
            if (size == 0) {
                return at;
            }
            for (int i = 2; i < size; i++) {
                if ((bytes[at + i] & 0xC0) != 0x80) {
                    return at;
                }
            }
            at += size;
        }
        return -1;
    }

    static String hex(byte value) {
        return "0x" + HexFormat.of().toHexDigits(value);
    }

    /** Characters (code points) in the first bytes, which are valid. */
    static int characters(long address, int length) {
        int count = 0;
        for (int i = 0; i < length; i++) {
            if ((OffHeap.getByte(address + i) & 0xC0) != 0x80) {
                count++;
            }
        }
        return count;
    }

    /** Bytes of the character at an address, 0 if there is none. */
    private static int sizeAt(long address, int left) {
        int first = OffHeap.getUnsignedByte(address);
        if (first < 0x80) {
            return 1;
        }
        int size = size(first, left > 1 ? OffHeap.getUnsignedByte(address + 1) : 0, left);
        for (int i = 2; i < size; i++) {
            if ((OffHeap.getByte(address + i) & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }

    /** Bytes that a character beyond ASCII takes, judged by its first two; 0 if they cannot begin one. */
    private static int size(int first, int second, int left) {
        int size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
        if (first < 0xC2 || first > 0xF4 || size > left) {
            return 0;
        }
        int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        return second < low || second > high ? 0 : size;
    }
}
