package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bytes to look for in plain ASCII of any case, and what may stand around them. Eight places are looked at together,
 * which is several times as fast as cutting a text into words.
 */
final class TextPart {
    /** So many bytes behind a text can be read. */
    static final int PADDING = 2 * Long.BYTES;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long EACH = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;
    private static final byte TO_LOWER = 0x20;

    /** What follows the last byte. */
    private enum End {
        ANY,
        NO_WORD,
        WORD
    }

    private final byte[] part;
    /** A bit each that is set in a small letter and not in the same as a capital; 0 for what is no letter. */
    private final byte[] cases;

    private final boolean startsWord;
    private final End end;
    private final long first;
    private final long firstCase;
    private final long second;
    private final long secondCase;
    /** Of the first eight bytes, each in its place; the mask has those that are there. */
    private final long head;

    private final long headCase;
    private final long headMask;

    private TextPart(byte[] part, boolean startsWord, End end) {
        this.part = part;
        this.startsWord = startsWord;
        this.end = end;
        cases = new byte[part.length];
        for (int i = 0; i < part.length; i++) {
            cases[i] = part[i] >= 'a' && part[i] <= 'z' ? TO_LOWER : 0;
        }
        first = (part[0] & 0xFF) * EACH;
        firstCase = cases[0] * EACH;
        // Of a single byte, whatever comes second is right.
        second = part.length > 1 ? (part[1] & 0xFF) * EACH : -1L;
        secondCase = part.length > 1 ? cases[1] * EACH : -1L;
        var padded = Arrays.copyOf(part, Math.max(part.length, Long.BYTES));
        head = (long) LONG.get(padded, 0);
        headCase = (long) LONG.get(Arrays.copyOf(cases, padded.length), 0);
        headMask = -1L >>> ((Long.BYTES - Math.min(part.length, Long.BYTES)) << 3);
    }

    /** A whole word; all parts are folded. */
    static TextPart word(byte[] word) {
        return new TextPart(word, true, End.NO_WORD);
    }

    /** What a word starts with. */
    static TextPart prefix(byte[] start) {
        return new TextPart(start, true, End.ANY);
    }

    /** What is somewhere in a word. */
    static TextPart infix(byte[] within) {
        return new TextPart(within, false, End.ANY);
    }

    /** What a text must have for a phrase: joined words as they stand there, or else each word, wherever it is. */
    static TextPart[] of(Query.Phrase phrase) {
        if (!phrase.joined()) {
            return phrase.words().stream().map(w -> word(w.getBytes(UTF_8))).toArray(TextPart[]::new);
        }
        boolean anyWordFollows = phrase.words().getLast().isEmpty();
        var end = anyWordFollows ? End.WORD : phrase.openEnd() ? End.ANY : End.NO_WORD;
        return new TextPart[] {new TextPart(phrase.text().getBytes(UTF_8), !phrase.openStart(), end)};
    }

    int length() {
        return part.length;
    }

    /** Whether it is in a text, as it has to stand there. */
    boolean isIn(byte[] text, int from, int to) {
        for (int at = next(text, from, to); at >= 0; at = next(text, at + 1, to)) {
            if (stands(text, from, at, to)) {
                return true;
            }
        }
        return false;
    }

    /** The first place from {@code from} on where its bytes are, all of them before {@code to}; or -1. */
    int next(byte[] text, int from, int to) {
        int last = to - part.length;
        for (int i = from; i <= last; i += Long.BYTES) {
            long found = zeros(((long) LONG.get(text, i) | firstCase) ^ first);
            if (found != 0) {
                found &= zeros(((long) LONG.get(text, i + 1) | secondCase) ^ second);
            }
            for (; found != 0; found &= found - 1) {
                int at = i + (Long.numberOfTrailingZeros(found) >>> 3);
                if (at <= last && isAt(text, at)) {
                    return at;
                }
            }
        }
        return -1;
    }

    private boolean isAt(byte[] text, int at) {
        if (((((long) LONG.get(text, at) | headCase) ^ head) & headMask) != 0) {
            return false;
        }
        for (int i = Long.BYTES; i < part.length; i++) {
            if ((text[at + i] | cases[i]) != part[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether what stands around its bytes, in the text from {@code from} to {@code to}, is as wanted. */
    boolean stands(byte[] text, int from, int at, int to) {
        if (startsWord && at > from && Tokenizer.isWord(text[at - 1])) {
            return false;
        }
        int behind = at + part.length;
        return switch (end) {
            case ANY -> true;
            case NO_WORD -> behind == to || !Tokenizer.isWord(text[behind]);
            case WORD -> behind < to && Tokenizer.isWord(text[behind]);
        };
    }

    /** The high bit of each byte that is zero; perhaps of one above it too. */
    private static long zeros(long eight) {
        return (eight - EACH) & ~eight & HIGH;
    }
}
