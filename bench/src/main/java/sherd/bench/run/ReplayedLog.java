package sherd.bench.run;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Real lines again and again, with later times, as many as wanted. Identifiers are new in each replay, as they would be
 * in a log that went on: in words with six digits or more, each digit is another one. Lengths and repetitions stay.
 */
final class ReplayedLog {
    /** Words with fewer digits are numbers that come again. */
    private static final int IDENTIFIER_DIGITS = 6;

    private static final int DIGITS = 10;
    private static final long FIRST_TIME = 1_700_000_000_000L;

    private final List<byte[]> lines;
    private final boolean renewed;
    private final double millisPerRow;
    /** Of the replay asked for last. */
    private byte[] digits = {};

    private int digitsOf;

    /** @param renewed whether identifiers are new in each replay, else all replays are alike */
    ReplayedLog(List<byte[]> lines, boolean renewed, double millisPerRow) {
        this.lines = lines;
        this.renewed = renewed;
        this.millisPerRow = millisPerRow;
    }

    long time(long row) {
        return FIRST_TIME + (long) (row * millisPerRow);
    }

    /** Which replay a row is of; the first is the text itself. */
    int replay(long row) {
        return (int) (row / lines.size());
    }

    /** The text of a row; nobody writes into it. */
    byte[] line(long row) {
        var line = lines.get((int) (row % lines.size()));
        int replay = replay(row);
        if (!renewed || replay == 0) {
            return line;
        }
        if (replay != digitsOf) {
            digits = digits(replay);
            digitsOf = replay;
        }
        return renew(line);
    }

    private byte[] renew(byte[] line) {
        byte @Nullable [] changed = null;
        int start = 0;
        int digits = 0;
        for (int i = 0; i <= line.length; i++) {
            if (i < line.length && isWord(line[i])) {
                digits += isDigit(line[i]) ? 1 : 0;
                continue;
            }
            if (digits >= IDENTIFIER_DIGITS) {
                if (changed == null) {
                    changed = line.clone();
                }
                change(changed, start, i);
            }
            start = i + 1;
            digits = 0;
        }
        return changed == null ? line : changed;
    }

    private void change(byte[] line, int from, int to) {
        for (int i = from; i < to; i++) {
            if (isDigit(line[i])) {
                line[i] = digits[line[i] - '0'];
            }
        }
    }

    /** The digits in another order, the same one for a replay always. */
    private static byte[] digits(int replay) {
        var random = new SplittableRandom(replay);
        var digits = "0123456789".getBytes(StandardCharsets.US_ASCII);
        for (int i = DIGITS - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            byte swapped = digits[i];
            digits[i] = digits[j];
            digits[j] = swapped;
        }
        return digits;
    }

    /** Whether a word is an identifier, and so new in each replay. */
    static boolean isIdentifier(String word) {
        return word.chars().filter(c -> isDigit((byte) c)).count() >= IDENTIFIER_DIGITS;
    }

    private static boolean isWord(byte b) {
        return isDigit(b) || b == '_' || b < 0 || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
