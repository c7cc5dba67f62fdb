package sherd.server.resp;

import sherd.engine.memory.OffHeap;

/** Splits a typed line with quotes into words, as Redis' sdssplitargs does. */
final class Words {
    private Words() {}

    static boolean space(int b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    /**
     * Adds the words to the batch, unquoted into {@code scratch}.
     *
     * @return false when the quotes do not match
     */
    static boolean split(long line, int length, long scratch, Batch batch) {
        int at = 0;
        long out = scratch;
        while (true) {
            while (at < length && space(OffHeap.getByte(line + at))) {
                at++;
            }
            if (at == length) {
                return true;
            }
            long word = out;
            int quote = 0;
            while (true) {
                if (at == length) {
                    if (quote != 0) {
                        return false;
                    }
                    break;
                }
                int b = OffHeap.getByte(line + at);
                if (quote == 0) {
                    if (space(b)) {
                        break;
                    }
                    if (b == '"' || b == '\'') {
                        quote = b;
                    } else {
                        OffHeap.putByte(out++, (byte) b);
                    }
                    at++;
                } else if (b == '\\' && at + 1 < length && escapes(line, at, quote)) {
                    int taken = escape(line, at, length, quote, out++);
                    at += taken;
                } else if (b == quote) {
                    at++;
                    if (at < length && !space(OffHeap.getByte(line + at))) {
                        return false; // a closing quote ends the word
                    }
                    break;
                } else {
                    OffHeap.putByte(out++, (byte) b);
                    at++;
                }
            }
            batch.argument(word, (int) (out - word));
        }
    }

    private static boolean escapes(long line, int at, int quote) {
        return quote == '"' || OffHeap.getByte(line + at + 1) == '\'';
    }

    /** Writes the byte that an escape stands for; returns how many bytes the escape takes. */
    private static int escape(long line, int at, int length, int quote, long out) {
        int b = OffHeap.getByte(line + at + 1);
        if (quote == '"' && b == 'x' && at + 3 < length) {
            int high = Character.digit(OffHeap.getByte(line + at + 2), 16);
            int low = Character.digit(OffHeap.getByte(line + at + 3), 16);
            if (high >= 0 && low >= 0) {
                OffHeap.putByte(out, (byte) (high << 4 | low));
                return 4;
            }
        }
        int value = quote == '\''
                ? '\''
                : switch (b) {
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'b' -> '\b';
                    case 'a' -> 7;
                    default -> b;
                };
        OffHeap.putByte(out, (byte) value);
        return 2;
    }
}
