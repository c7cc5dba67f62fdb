package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.Character.UnicodeScript;
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
    private static final byte SEPARATOR = 0;
    private static final byte CONNECTOR = 1;
    /** Word characters map to their folded selves, which are all above this. */
    private static final byte[] ASCII = asciiTable();

    private final AsciiCutter asciiCutter = new AsciiCutter();
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
        int wanted = length + AsciiCutter.PADDING;
        if (buffer.length < wanted) {
            buffer = new byte[Math.max(wanted, Math.min(buffer.length * 2, 1 << 30))];
        }
    }

    private void run(int length, TermSink sink) {
        if (AsciiCutter.isAscii(buffer, 0, length)) {
            asciiCutter.cut(buffer, length, sink);
        } else {
            var folded = fold(new String(buffer, 0, length, UTF_8));
            new UnicodeCutter(folded.getBytes(UTF_8), sink).cut();
        }
        sink.endText();
        if (buffer.length > KEEP_BYTES) {
            buffer = new byte[KEEP_BYTES];
        }
    }

    static void compound(byte[] text, int offset, int length, TermSink sink) {
        if (Compounds.named(text, offset, length)) {
            namedCompound(text, offset, length, sink);
        }
    }

    static void namedCompound(byte[] text, int offset, int length, TermSink sink) {
        if (length <= MAX_COMPOUND_BYTES) {
            sink.compound(text, offset, length);
        } else {
            sink.leftOutCompound();
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
