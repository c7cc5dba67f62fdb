package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.Character.UnicodeScript;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.text.Normalizer;
import java.util.Locale;
import sherd.engine.memory.OffHeap;

/**
 * Cuts text into terms, the same way when a row is indexed and when it is asked for. Not thread-safe: text is folded
 * in a buffer of its own.
 *
 * <p>Text is NFKC-normalised and case-folded. A word is a run of letters, digits, marks and {@code _}; a run of
 * Chinese, Japanese or Korean characters gives each pair of neighbours as a word, or the one character it has.
 * Words joined by one of {@code . : / - @} each are also one term together if that is at most 64 bytes and names
 * something (see {@link Compounds}): addresses, paths, identifiers. For text in plain ASCII, words are what
 * {@code grep -w -i} takes for words, and nothing is allocated.
 */
public final class Tokenizer {
    /** Written into every index; an index of another tokenizer cannot be asked. */
    public static final String ID = "sherd-2";

    static final int MAX_COMPOUND_BYTES = 64;

    private static final int KEEP_BYTES = 1 << 20;
    /** Text is read and folded eight bytes at a time, beyond its end too. */
    private static final int PADDING = Long.BYTES;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** A number of one byte times this is that byte eight times. */
    private static final long EACH = 0x0101010101010101L;

    private static final long TOP_BITS = 0x80 * EACH;
    /** Top bits of eight bytes times this are the bits of the top byte. */
    private static final long TOP_BITS_TOGETHER = 0x0002040810204081L;

    private static final byte SEPARATOR = 0;
    private static final byte CONNECTOR = 1;
    /** Word characters map to their folded selves, which are all above this. */
    private static final byte[] ASCII = asciiTable();

    private byte[] buffer = new byte[4 << 10];

    /** Tokenizes native memory. */
    public void tokenize(long address, int length, TermSink sink) {
        room(length);
        OffHeap.copy(address, buffer, 0, length);
        run(length, sink);
    }

    public void tokenize(byte[] text, int offset, int length, TermSink sink) {
        room(length);
        System.arraycopy(text, offset, buffer, 0, length);
        run(length, sink);
    }

    /** Tokenizes a value of a row. */
    public void tokenize(RowView row, int column, TermSink sink) {
        int length = row.length(column);
        room(length);
        row.copyBytes(column, buffer, 0);
        run(length, sink);
    }

    /** The text as its terms are spelt, not cut. */
    static String fold(String text) {
        // Composed again in upper case: a dot over an i is a character of its own there, and so is one over an I.
        var upper = Normalizer.normalize(
                Normalizer.normalize(text, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT), Normalizer.Form.NFKC);
        var folded = new StringBuilder(upper.length());
        upper.codePoints().map(Character::toLowerCase).forEach(folded::appendCodePoint);
        return Normalizer.normalize(folded, Normalizer.Form.NFKC);
    }

    /** Joins words to a compound. */
    public static boolean isConnector(int character) {
        return character >= 0 && character < 128 && ASCII[character] == CONNECTOR;
    }

    static boolean isWord(int character) {
        if (character < 128) {
            return ASCII[character] > CONNECTOR;
        }
        return Character.isLetterOrDigit(character)
                || switch (Character.getType(character)) {
                    case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.LETTER_NUMBER -> true;
                    default -> false;
                };
    }

    /** Written without spaces between words, so cut into pairs. */
    static boolean isPaired(int character) {
        if (character < 0x1100) {
            return false;
        }
        var script = UnicodeScript.of(character);
        return script == UnicodeScript.HAN
                || script == UnicodeScript.HIRAGANA
                || script == UnicodeScript.KATAKANA
                || script == UnicodeScript.HANGUL;
    }

    private void room(int length) {
        int wanted = length + PADDING;
        if (buffer.length < wanted) {
            buffer = new byte[Math.max(wanted, Math.min(buffer.length * 2, 1 << 30))];
        }
    }

    private void run(int length, TermSink sink) {
        if (ascii(buffer, length)) {
            new AsciiCutter(buffer, length, sink).cut();
        } else {
            var folded = fold(new String(buffer, 0, length, UTF_8));
            new UnicodeCutter(folded.getBytes(UTF_8), sink).cut();
        }
        sink.endText();
        if (buffer.length > KEEP_BYTES) {
            buffer = new byte[KEEP_BYTES];
        }
    }

    private static boolean ascii(byte[] text, int length) {
        long seen = 0;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            seen |= (long) LONG.get(text, i);
        }
        seen |= (long) LONG.get(text, i) & ((1L << ((length - i) << 3)) - 1);
        return (seen & TOP_BITS) == 0;
    }

    /**
     * Cuts plain ASCII without looking at one character after the other: a bit says of each whether it is of a word, for
     * eight at a time, and words are where the bits change.
     */
    private static final class AsciiCutter {
        private final byte[] text;
        private final int length;
        private final TermSink sink;
        private int compoundStart;
        private int words;

        AsciiCutter(byte[] text, int length, TermSink sink) {
            this.text = text;
            this.length = length;
            this.sink = sink;
        }

        void cut() {
            int start = -1;
            long before = 0;
            for (int at = 0; at < length; at += Long.SIZE) {
                long bits = foldAndMark(at);
                long changes = bits ^ (bits << 1 | before);
                before = bits >>> (Long.SIZE - 1);
                if (start >= 0 && changes != 0) {
                    end(start, at + Long.numberOfTrailingZeros(changes));
                    changes &= changes - 1;
                    start = -1;
                }
                while (changes != 0) {
                    start = at + Long.numberOfTrailingZeros(changes);
                    changes &= changes - 1;
                    if (changes == 0) {
                        break;
                    }
                    end(start, at + Long.numberOfTrailingZeros(changes));
                    changes &= changes - 1;
                    start = -1;
                }
            }
            if (start >= 0) {
                end(start, length);
            }
        }

        /** Folds 64 characters; returns a bit for each, set in words. */
        private long foldAndMark(int from) {
            int count = Math.min(Long.SIZE, length - from);
            long bits = 0;
            for (int i = 0; i < count; i += Long.BYTES) {
                long eight = (long) LONG.get(text, from + i);
                long lower = eight | 0x20 * EACH;
                // The top bit of a byte says whether it is at least, or above, what its sum reaches 128 with.
                long letters = lower + (128 - 'a') * EACH & ~(lower + (127 - 'z') * EACH) & TOP_BITS;
                long digits = eight + (128 - '0') * EACH & ~(eight + (127 - '9') * EACH);
                long others = ~((eight ^ '_' * EACH) + 127 * EACH);
                LONG.set(text, from + i, eight | letters >>> 2);
                bits |= ((letters | digits | others) & TOP_BITS) * TOP_BITS_TOGETHER >>> 56 << i;
            }
            return count == Long.SIZE ? bits : bits & ((1L << count) - 1);
        }

        /** A word ends; the text after it is not folded yet, but it may be read. */
        private void end(int start, int end) {
            sink.word(text, start, end - start);
            if (words++ == 0) {
                compoundStart = start;
            }
            if (end + 1 < length && ASCII[text[end]] == CONNECTOR && ASCII[text[end + 1]] > CONNECTOR) {
                return;
            }
            if (words > 1) {
                compound(text, compoundStart, end - compoundStart, sink);
            }
            words = 0;
        }
    }

    private static void compound(byte[] text, int offset, int length, TermSink sink) {
        if (Compounds.named(text, offset, length)) {
            if (length <= MAX_COMPOUND_BYTES) {
                sink.compound(text, offset, length);
            } else {
                sink.leftOutCompound();
            }
        }
    }

    private static byte[] asciiTable() {
        var table = new byte[128];
        for (int c = 0; c < 128; c++) {
            boolean word = c == '_' || (c < 128 && Character.isLetterOrDigit(c));
            table[c] = word ? (byte) Character.toLowerCase(c) : ".:/-@".indexOf(c) >= 0 ? CONNECTOR : SEPARATOR;
        }
        return table;
    }

    /** The same cut over folded UTF-8, with pairs. */
    private static final class UnicodeCutter {
        private final byte[] text;
        private final TermSink sink;
        private int at;
        private int next;
        private int compoundStart;
        private int words;

        UnicodeCutter(byte[] text, TermSink sink) {
            this.text = text;
            this.sink = sink;
        }

        void cut() {
            while (at < text.length) {
                int character = decode();
                if (isPaired(character) && isWord(character)) {
                    cutPairs();
                    words = 0;
                } else if (isWord(character)) {
                    cutWord();
                } else {
                    at = next;
                }
            }
        }

        private void cutWord() {
            int start = at;
            int character;
            do {
                at = next;
                character = at < text.length ? decode() : ' ';
            } while (at < text.length && isWord(character) && !isPaired(character));
            sink.word(text, start, at - start);
            if (words++ == 0) {
                compoundStart = start;
            }
            if (at < text.length && isConnector(character)) {
                int end = at;
                at = next;
                character = at < text.length ? decode() : ' ';
                if (isWord(character) && !isPaired(character)) {
                    return;
                }
                at = end;
            }
            if (words > 1) {
                compound(text, compoundStart, at - compoundStart, sink);
            }
            words = 0;
        }

        private void cutPairs() {
            int before = -1;
            int count = 0;
            while (at < text.length) {
                int character = decode();
                if (!isPaired(character) || !isWord(character)) {
                    break;
                }
                if (before >= 0) {
                    sink.word(text, before, next - before);
                }
                before = at;
                at = next;
                count++;
            }
            if (count == 1) {
                sink.word(text, before, at - before);
            }
        }

        /** The character at {@link #at}; sets {@link #next}. The text is valid UTF-8, for we encoded it. */
        private int decode() {
            int first = text[at];
            if (first >= 0) {
                next = at + 1;
                return first;
            }
            if ((first & 0xE0) == 0xC0) {
                next = at + 2;
                return (first & 0x1F) << 6 | tail(1);
            }
            if ((first & 0xF0) == 0xE0) {
                next = at + 3;
                return (first & 0x0F) << 12 | tail(1) << 6 | tail(2);
            }
            next = at + 4;
            return (first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3);
        }

        private int tail(int distance) {
            return text[at + distance] & 0x3F;
        }
    }
}
