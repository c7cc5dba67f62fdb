package sherd.engine.archive.text;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Cuts plain ASCII without looking at one character after the other: a bit says of each whether it is of a word, made
 * for eight at a time, and words are where the bits change. One owner.
 */
final class AsciiCutter {
    /** Text is read and folded eight bytes at a time, beyond its end too. */
    static final int PADDING = Long.BYTES;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** A number of one byte times this is that byte eight times. */
    private static final long EACH = 0x0101010101010101L;

    private static final long TOP_BITS = 0x8080808080808080L;
    /** Top bits of eight bytes times this are the bits of the top byte. */
    private static final long TOP_BITS_TOGETHER = 0x0002040810204081L;

    /** A compound of more is too long to be a term. */
    private static final int MAX_WORDS = (Tokenizer.MAX_COMPOUND_BYTES + 1) / 2;

    /** Start and end of each word joined to the last. */
    private final int[] bounds = new int[2 * MAX_WORDS];

    /** Whether a text has no byte beyond ASCII; {@link #PADDING} bytes behind it can be read. */
    static boolean isAscii(byte[] text, int from, int to) {
        long seen = 0;
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            seen |= (long) LONG.get(text, i);
        }
        seen |= (long) LONG.get(text, i) & ((1L << ((to - i) << 3)) - 1);
        return (seen & TOP_BITS) == 0;
    }

    /** Cuts text, which is folded where it lies; there is room for {@link #PADDING} behind it. */
    void cut(byte[] text, int length, TermSink sink) {
        int words = 0;
        int start = -1;
        long before = 0;
        for (int at = 0; at < length; at += Long.SIZE) {
            long bits = foldAndMark(text, at, Math.min(Long.SIZE, length - at));
            long changes = bits ^ ((bits << 1) | before);
            before = bits >>> (Long.SIZE - 1);
            if (start >= 0 && changes != 0) {
                words = end(text, length, start, at + Long.numberOfTrailingZeros(changes), words, sink);
                changes &= changes - 1;
                start = -1;
            }
            while (changes != 0) {
                start = at + Long.numberOfTrailingZeros(changes);
                changes &= changes - 1;
                if (changes != 0) {
                    words = end(text, length, start, at + Long.numberOfTrailingZeros(changes), words, sink);
                    changes &= changes - 1;
                    start = -1;
                }
            }
        }
        if (start >= 0) {
            end(text, length, start, length, words, sink);
        }
    }

    /** Folds up to 64 characters; returns a bit for each, set in words. */
    private static long foldAndMark(byte[] text, int from, int count) {
        long bits = 0;
        for (int i = 0; i < count; i += Long.BYTES) {
            long eight = (long) LONG.get(text, from + i);
            long lower = eight | 0x20 * EACH;
            // The top bit of a byte of a sum says whether a character is at least, or above, the one in question.
            long letters = (lower + (128 - 'a') * EACH) & ~(lower + (127 - 'z') * EACH) & TOP_BITS;
            long digits = (eight + (128 - '0') * EACH) & ~(eight + (127 - '9') * EACH);
            long joins = ~((eight ^ '_' * EACH) + 127 * EACH);
            LONG.set(text, from + i, eight | letters >>> 2);
            long marks = (letters | digits | joins) & TOP_BITS;
            bits |= ((marks * TOP_BITS_TOGETHER) >>> (Long.SIZE - Byte.SIZE)) << i;
        }
        return count == Long.SIZE ? bits : bits & ((1L << count) - 1);
    }

    /** A word ends, after so many that are joined to it; returns how many are joined to what comes next. */
    private int end(byte[] text, int length, int start, int end, int words, TermSink sink) {
        sink.word(text, start, end - start);
        if (words < MAX_WORDS) {
            bounds[2 * words] = start;
            bounds[2 * words + 1] = end;
        }
        if (end + 1 < length && Tokenizer.isConnector(text[end]) && Tokenizer.isWord(text[end + 1])) {
            return words + 1;
        }
        if (words > 0) {
            compound(text, end, words + 1, sink);
        }
        return 0;
    }

    private void compound(byte[] text, int end, int words, TermSink sink) {
        int start = bounds[0];
        if (words > MAX_WORDS) {
            Tokenizer.compound(text, start, end - start, sink);
        } else if (Compounds.named(text, bounds, words)) {
            Tokenizer.namedCompound(text, start, end - start, sink);
        }
    }
}
