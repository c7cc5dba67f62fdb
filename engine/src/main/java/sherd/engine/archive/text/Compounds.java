package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Which joined words are a term of their own: those that name something. Times, dates and plain numbers do not; nearly
 * every line has another one, and they would fill a dictionary.
 *
 * <p>Joined words are a term if one of them cannot be part of a time or number, or if four short numbers in a row are
 * joined by dots: an address. Both hold for every longer run that contains the shorter one, so a dictionary that has
 * no run with such a part in it proves that no text has one.
 */
final class Compounds {
    private static final int QUAD = 4;
    private static final int SHORT_NUMBER = 3;
    private static final int LONGEST_MONTH = 9;
    private static final String MONTHS =
            "january february march april may june july august september october november december";
    /** Every run of letters within a month, found by its bytes. */
    private static final long[] MONTH_PARTS = monthParts();

    private static final long[] MONTH_PAIRS = monthPairs();

    private Compounds() {}

    /** Whether joined words are a term. */
    static boolean named(byte[] text, int offset, int length) {
        return named(text, offset, length, false, false);
    }

    /** The same of a part of joined words, of which the first word may lack its start and the last its end. */
    static boolean named(byte[] text, int offset, int length, boolean openStart, boolean openEnd) {
        int end = offset + length;
        int numbers = 0;
        int start = offset;
        for (int i = offset; i <= end; i++) {
            if (i < end && (text[i] < 0 || !Tokenizer.isConnector(text[i]))) {
                continue;
            }
            if (!ofTime(text, start, i)) {
                return true;
            }
            boolean whole = !(openStart && start == offset) && !(openEnd && i == end);
            boolean dotted = start > offset && text[start - 1] == '.';
            numbers = whole ? numbers(text, start, i, dotted ? numbers : 0) : 0;
            if (numbers == QUAD) {
                return true;
            }
            start = i + 1;
        }
        return false;
    }

    /** The same of words whose starts and ends are known. */
    static boolean named(byte[] text, int[] bounds, int words) {
        int numbers = 0;
        for (int i = 0; i < words; i++) {
            int start = bounds[2 * i];
            int end = bounds[2 * i + 1];
            if (!ofTime(text, start, end)) {
                return true;
            }
            boolean dotted = i > 0 && text[start - 1] == '.';
            numbers = numbers(text, start, end, dotted ? numbers : 0);
            if (numbers == QUAD) {
                return true;
            }
        }
        return false;
    }

    /** Short numbers in a row with this word, of which there were so many before it. */
    private static int numbers(byte[] text, int from, int to, int before) {
        return isShortNumber(text, from, to) ? before + 1 : 0;
    }

    private static boolean isShortNumber(byte[] text, int from, int to) {
        if (to - from > SHORT_NUMBER || to == from) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (!isDigit(text[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether some time or number has this in a word: digits, digits around a t or before a z, part of a month. */
    private static boolean ofTime(byte[] text, int from, int to) {
        byte first = from < to ? text[from] : 0;
        if (first >= 'a' && first != 't' && first != 'z') {
            return isMonthPart(text, from, to);
        }
        int i = digits(text, from, to);
        if (i < to && text[i] == 't') {
            i = digits(text, i + 1, to);
        }
        if (i == to || (i == to - 1 && text[i] == 'z')) {
            return true;
        }
        return isMonthPart(text, from, to);
    }

    private static boolean isMonthPart(byte[] text, int from, int to) {
        if (to - from > LONGEST_MONTH || (to - from > 1 && !isMonthPair(text[from], text[from + 1]))) {
            return false;
        }
        return isMonthPart(key(text, from, to));
    }

    /** False if no month has the two letters one after the other. */
    private static boolean isMonthPair(int first, int second) {
        int pair = pair(first, second);
        return (MONTH_PAIRS[pair >>> 6] & 1L << pair) != 0;
    }

    private static int pair(int first, int second) {
        return (first & 31) << 5 | (second & 31);
    }

    private static long[] monthPairs() {
        var pairs = new long[(1 << 10) / Long.SIZE];
        for (int i = 0; i + 1 < MONTHS.length(); i++) {
            int pair = pair(MONTHS.charAt(i), MONTHS.charAt(i + 1));
            pairs[pair >>> 6] |= 1L << pair;
        }
        return pairs;
    }

    /** Five bits of each of up to nine letters are a number of their own. */
    private static long key(byte[] text, int from, int to) {
        long key = 0;
        for (int i = from; i < to; i++) {
            if (text[i] < 'a' || text[i] > 'z') {
                return 0;
            }
            key = key << 5 | (text[i] - 'a' + 1);
        }
        return key;
    }

    private static boolean isMonthPart(long key) {
        int slot = slot(key);
        while (MONTH_PARTS[slot] != 0) {
            if (MONTH_PARTS[slot] == key) {
                return true;
            }
            slot = (slot + 1) & (MONTH_PARTS.length - 1);
        }
        return false;
    }

    private static int slot(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 53);
    }

    private static long[] monthParts() {
        var parts = new long[1 << 11];
        for (var month : MONTHS.split(" ", -1)) {
            var letters = month.getBytes(UTF_8);
            for (int from = 0; from < letters.length; from++) {
                for (int to = from + 1; to <= letters.length; to++) {
                    int slot = slot(key(letters, from, to));
                    while (parts[slot] != 0 && parts[slot] != key(letters, from, to)) {
                        slot = (slot + 1) & (parts.length - 1);
                    }
                    parts[slot] = key(letters, from, to);
                }
            }
        }
        return parts;
    }

    private static int digits(byte[] text, int from, int to) {
        int i = from;
        while (i < to && isDigit(text[i])) {
            i++;
        }
        return i;
    }

    private static boolean isDigit(byte character) {
        return character >= '0' && character <= '9';
    }
}
