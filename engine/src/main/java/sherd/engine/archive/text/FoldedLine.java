package sherd.engine.archive.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A row's text in plain ASCII, folded, to look for bytes in: eight at a time, which is several times as fast as cutting
 * it into words. Not thread-safe.
 */
final class FoldedLine {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final long TO_A = (0x80 - 'A') * EACH;
    private static final long BEYOND_Z = (0x80 - 'Z' - 1) * EACH;
    private static final int KEEP_BYTES = 1 << 20;

    private byte[] bytes = new byte[4 << 10];
    private int length;

    /** Takes a row's value; false if it is not plain ASCII. */
    boolean take(RowView row, int column) {
        length = row.length(column);
        // Two loads of eight bytes may begin at the last byte.
        int room = Math.addExact(length, 2 * Long.BYTES);
        if (bytes.length < room || bytes.length > Math.max(room, KEEP_BYTES)) {
            bytes = new byte[Math.max(room, 4 << 10)];
        }
        row.copyBytes(column, bytes, 0);
        Arrays.fill(bytes, length, room, (byte) 0);
        long seen = 0;
        for (int i = 0; i < length; i += Long.BYTES) {
            long eight = (long) LONG.get(bytes, i);
            seen |= eight;
            long upper = (eight + TO_A) & ~(eight + BEYOND_Z) & HIGH;
            LONG.set(bytes, i, eight | upper >>> 2);
        }
        return (seen & HIGH) == 0;
    }

    /** Where the part begins at or after {@code from}, or -1. */
    int indexOf(byte[] part, int from) {
        int last = length - part.length;
        long first = (part[0] & 0xFF) * EACH;
        long second = part.length > 1 ? (part[1] & 0xFF) * EACH : 0;
        for (int i = from; i <= last; i += Long.BYTES) {
            long found = zeros((long) LONG.get(bytes, i) ^ first);
            if (part.length > 1 && found != 0) {
                found &= zeros((long) LONG.get(bytes, i + 1) ^ second);
            }
            for (; found != 0; found &= found - 1) {
                int at = i + (Long.numberOfTrailingZeros(found) >>> 3);
                if (at <= last && Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                    return at;
                }
            }
        }
        return -1;
    }

    /** Whether the part is there; at the start or the end of a word, if wanted. */
    boolean has(byte[] part, boolean startsWord, boolean endsWord) {
        for (int at = indexOf(part, 0); at >= 0; at = indexOf(part, at + 1)) {
            if ((!startsWord || !isWord(at - 1)) && (!endsWord || !isWord(at + part.length))) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is a letter, digit or {@code _}; not before the start or after the end. */
    boolean isWord(int index) {
        return index >= 0 && index < length && Tokenizer.isWord(bytes[index]);
    }

    /** The high bit of each byte that is zero; perhaps of one above it too. */
    private static long zeros(long eight) {
        return (eight - EACH) & ~eight & HIGH;
    }
}
