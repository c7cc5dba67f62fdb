package sherd.engine.archive.index;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;

/**
 * Writes ascending numbers in as few bits as their distances need: lists {@link ListLayout#PACKED_ROWS} and
 * {@link ListLayout#PACKED_BLOCKS}.
 *
 * <pre>
 * list      k (byte) | var the first number | code of each distance, from the top bit of each byte on | zeros
 * code      with v = distance - 1 and w = (v &gt;&gt; k) + 1:
 *           a zero for each bit that w has after its first | w, of which the first bit is a one | the low k bits of v
 * </pre>
 *
 * The zeros fill the last byte, and no code begins there, since each has a one.
 */
final class PackedGaps {
    /** A list of fewer is no shorter like this. */
    static final int LEAST = 4;

    /** Zeros of a code, and {@code k}, together at most. */
    static final int MAX_BITS = 31;

    private final ByteSink out = new ByteSink();
    private final int[] ofLength = new int[Integer.SIZE + 1];
    private long bits;
    private int used;

    /** Encodes so many numbers, {@link #LEAST} or more. */
    ByteSink encode(int[] values, int count) {
        out.clear();
        int low = lowBits(values, count);
        out.putByte(low);
        out.putVar(values[0]);
        for (int i = 1; i < count; i++) {
            int rest = values[i] - values[i - 1] - 1;
            int zeros = MAX_BITS - Integer.numberOfLeadingZeros((rest >>> low) + 1);
            put(0, zeros);
            put(rest + (1L << low), zeros + 1 + low);
        }
        put(0, -used & (Byte.SIZE - 1));
        return out;
    }

    /** About the best {@code k}: what a code takes is known but for a bit from the length of its number. */
    private int lowBits(int[] values, int count) {
        int longest = 0;
        Arrays.fill(ofLength, 0);
        for (int i = 1; i < count; i++) {
            int length = Integer.SIZE - Integer.numberOfLeadingZeros(values[i] - values[i - 1] - 1);
            ofLength[length]++;
            longest = Math.max(longest, length);
        }
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int low = 0; low < Math.max(longest, 1); low++) {
            long sum = (long) count * low;
            for (int length = low + 2; length <= longest; length++) {
                sum += 2L * (length - low - 1) * ofLength[length];
            }
            if (sum < least) {
                least = sum;
                best = low;
            }
        }
        return best;
    }

    private void put(long value, int length) {
        bits = bits << length | value;
        used += length;
        while (used >= Byte.SIZE) {
            used -= Byte.SIZE;
            out.putByte((int) (bits >>> used));
        }
    }
}
