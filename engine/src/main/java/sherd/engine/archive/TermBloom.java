package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import sherd.engine.archive.index.TermHash;
import sherd.engine.archive.text.Query;

/**
 * A Bloom filter over the words of a segment, small enough for the catalog: what it does not have, the segment need not
 * be opened for. Segments with more words than fit have none; they are the large ones, of which there are few.
 *
 * <p>A word sets {@value #PROBES} bits, taken from the low bits of its hash, so a filter can be folded in half: the bit
 * at {@code i} of the shorter one is the bit at {@code i} or that at {@code i + half}.
 */
public final class TermBloom {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int MOST_BITS = 4096 * 8;
    private static final int LEAST_BITS = 64;
    private static final int PROBES = 4;
    private static final int PROBE_BITS = 15;
    /** Longer words count by their beginning. */
    private static final int MAX_WORD = 64;

    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final byte[] VALUES = values();

    /** The bits in base 64, as the catalog has them: of thousands of segments, one copy is enough. */
    private final String text;

    private final int size;

    private TermBloom(String text, int size) {
        this.text = text;
        this.size = size;
    }

    private static byte[] values() {
        var values = new byte[128];
        for (int i = 0; i < DIGITS.length(); i++) {
            values[DIGITS.charAt(i)] = (byte) i;
        }
        return values;
    }

    /** Gathers the words of a segment that is being written. */
    static final class Builder {
        private final long[] bits = new long[MOST_BITS / 64];
        private int set;

        void add(byte[] buffer, int offset, int length) {
            if (set > MOST_BITS / 2) {
                return;
            }
            long hash = hash(buffer, offset, length);
            for (int probe = 0; probe < PROBES; probe++, hash >>>= PROBE_BITS) {
                int bit = (int) hash & (MOST_BITS - 1);
                long mask = 1L << bit;
                if ((bits[bit >>> 6] & mask) == 0) {
                    bits[bit >>> 6] |= mask;
                    set++;
                }
            }
        }

        /** Empty if there were too many words. */
        Optional<TermBloom> build() {
            if (set > MOST_BITS / 2) {
                return Optional.empty();
            }
            var folded = bits;
            while (folded.length * 64 > LEAST_BITS) {
                var half = Arrays.copyOf(folded, folded.length / 2);
                int full = 0;
                for (int i = 0; i < half.length; i++) {
                    half[i] |= folded[half.length + i];
                    full += Long.bitCount(half[i]);
                }
                if (full * 4L > half.length * 64L) {
                    break;
                }
                folded = half;
            }
            var bytes = new byte[folded.length * 8];
            for (int i = 0; i < folded.length; i++) {
                LONG.set(bytes, i * 8, folded[i]);
            }
            return Optional.of(new TermBloom(Base64.getEncoder().encodeToString(bytes), bytes.length));
        }
    }

    public String encode() {
        return text;
    }

    /** Empty for anything but what {@link #encode} made. */
    public static Optional<TermBloom> decode(String text) {
        try {
            var bytes = Base64.getDecoder().decode(text);
            boolean sound = bytes.length * 8 >= LEAST_BITS
                    && bytes.length * 8 <= MOST_BITS
                    && Integer.bitCount(bytes.length) == 1;
            return sound ? Optional.of(new TermBloom(text, bytes.length)) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /** False only if no row of a segment with these columns can match. */
    boolean mayMatch(Query query, List<SegmentColumn> columns) {
        return switch (query) {
            case Query.Word(var word) -> mayContain(word);
            case Query.Phrase phrase -> phrase.whole().stream().allMatch(this::mayContain);
            case Query.And(var parts) -> parts.stream().allMatch(part -> mayMatch(part, columns));
            case Query.Or(var parts) -> parts.stream().anyMatch(part -> mayMatch(part, columns));
            case Query.InColumn(var column, var words) -> !columns.get(column).searched() || mayMatch(words, columns);
            case Query.All _, Query.Prefix _, Query.Infix _, Query.Field _, Query.Not _ -> true;
            case Query.EqualLong _, Query.EqualDouble _ -> true;
        };
    }

    private boolean mayContain(String word) {
        var bytes = word.getBytes(UTF_8);
        long hash = hash(bytes, 0, bytes.length);
        int last = size * 8 - 1;
        for (int probe = 0; probe < PROBES; probe++, hash >>>= PROBE_BITS) {
            int bit = (int) hash & (MOST_BITS - 1) & last;
            if ((byteAt(bit >>> 3) >>> (bit & 7) & 1) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Three bytes are four digits. */
    private int byteAt(int index) {
        int first = index / 3 * 4;
        return switch (index % 3) {
            case 0 -> digit(first) << 2 | digit(first + 1) >> 4;
            case 1 -> digit(first + 1) << 4 | digit(first + 2) >> 2;
            default -> digit(first + 2) << 6 | digit(first + 3);
        };
    }

    private int digit(int index) {
        return VALUES[text.charAt(index) & 127];
    }

    private static long hash(byte[] buffer, int offset, int length) {
        return TermHash.of(buffer, offset, Math.min(length, MAX_WORD));
    }
}
