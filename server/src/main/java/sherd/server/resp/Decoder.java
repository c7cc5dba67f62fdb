package sherd.server.resp;

import org.jspecify.annotations.Nullable;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * Turns a run of received bytes into commands: arrays of bulk strings, or lines as a person types them. One per
 * connection, because a command may arrive in pieces.
 *
 * <p>A command of few arguments whose end is missing is simply decoded again when more has come. One of many arguments
 * is remembered, or a client that trickles a million of them would cost a million steps a byte.
 *
 * <p>Checks and error texts are those of Redis, also where it is lenient: it looks for the '\r' that ends a length and
 * skips the byte after it unseen, and never looks at the two bytes after a bulk.
 */
final class Decoder {
    static final int MAX_ARGUMENTS = 1 << 20;
    static final int MAX_BULK = 512 << 20;
    static final int MAX_LINE = 64 << 10;

    private static final int INCOMPLETE = -1;
    private static final int FAULTY = -2;

    /** Partial commands up to this many arguments are decoded again instead of remembered. */
    private static final int REMEMBERED_FROM = 64;

    private static final long ONE_DIGIT_MASK = 0xFFFF00FFL;
    private static final long ONE_DIGIT = '$' | '\r' << 16 | (long) '\n' << 24;
    private static final long TWO_DIGITS_MASK = 0xFFFF0000FFL;
    private static final long TWO_DIGITS = '$' | (long) '\r' << 24 | (long) '\n' << 32;

    private final CommandTable table;
    private final MemoryBudget budget;
    private @Nullable String error;
    private long needed;

    /** Each known argument of a partial command. */
    private @Nullable Places places;

    private int known;
    private int announced;
    private int scanned;
    private boolean unquoted;

    Decoder(CommandTable table, MemoryBudget budget) {
        this.table = table;
        this.budget = budget;
    }

    /** The fault that ended the last {@link #decode}, without its prefix, or null. */
    @Nullable
    String error() {
        return error;
    }

    /** How long the input must be, from the start of the partial command at its end, to be worth another look. */
    long needed() {
        return needed;
    }

    /** Forgets what is known of a partial command: the next input starts somewhere else. */
    void forget() {
        needed = 0;
        known = 0;
        announced = 0;
        scanned = 0;
        if (places != null) {
            places.close();
            places = null;
        }
    }

    /**
     * Decodes up to {@code maxCommands} commands.
     *
     * @param scratch holds the unquoted words of a typed line; at least {@link #MAX_LINE} bytes
     * @return how many bytes the commands took
     */
    int decode(long base, int length, Batch batch, int maxCommands, Region scratch) {
        error = null;
        needed = 0;
        int position = 0;
        while (batch.size() < maxCommands && position < length) {
            int next = OffHeap.getByte(base + position) == '*'
                    ? array(base, position, length, batch)
                    : line(base, position, length, batch, scratch);
            if (next < 0) {
                return position;
            }
            position = next;
            if (unquoted) {
                unquoted = false;
                return position; // the scratch holds one line
            }
            if (batch.placed()) {
                return position; // the batch holds one such command
            }
        }
        return position;
    }

    // an array of bulk strings

    private int array(long base, int start, int length, Batch batch) {
        var headers = batch.headers();
        int position;
        int entry = -1;
        if (announced > 0) {
            position = start + scanned;
        } else if (length - start >= KnownHeaders.MAX_BYTES && (entry = headers.find(base + start)) >= 0) {
            batch.argument(base + start + headers.nameOffset(entry), headers.nameLength(entry));
            announced = headers.words(entry);
            position = start + headers.bytes(entry);
        } else {
            int end = header(base, start, length, "too big mbulk count string");
            if (end < 0) {
                return end;
            }
            long digits = base + start + 1;
            int digitCount = end - start - 1;
            if (!Numbers.isLong(digits, digitCount) || Numbers.toLong(digits, digitCount) > MAX_ARGUMENTS) {
                return fault("invalid multibulk length");
            }
            position = end + 2;
            long count = Numbers.toLong(digits, digitCount);
            if (count <= 0) {
                return position;
            }
            announced = (int) count;
        }
        int next = bulks(base, start, position, length, batch, entry);
        if (next == FAULTY || (next == INCOMPLETE && known == 0)) {
            announced = 0;
        }
        return next;
    }

    /** @param head entry of the known header that says which command it is, or -1 */
    private int bulks(long base, int start, int from, int length, Batch batch, int head) {
        int position = from;
        int parsed = head >= 0 ? 1 : known;
        while (parsed < announced) {
            if (position + 8 <= length) {
                // "$D\r\n" or "$DD\r\n", which is what nearly all are, read as one number.
                long word = OffHeap.getLong(base + position);
                int shortLength = shortBulk(word);
                int value = position + (shortLength < 10 ? 4 : 5);
                if (shortLength >= 0 && shortLength + 2 <= length - value && known == 0) {
                    batch.argument(base + value, shortLength);
                    parsed++;
                    position = value + shortLength + 2;
                    continue;
                }
            }
            int end = header(base, position, length, "too big bulk count string");
            if (end < 0) {
                return end == FAULTY ? abandon(batch) : partial(batch, base + start, parsed, position - start);
            }
            int sign = OffHeap.getUnsignedByte(base + position);
            if (sign != '$') {
                fault("expected '$', got '" + (sign == '\r' || sign == '\n' ? ' ' : (char) sign) + "'");
                return abandon(batch);
            }
            long digits = base + position + 1;
            int digitCount = end - position - 1;
            if (!Numbers.isLong(digits, digitCount)) {
                fault("invalid bulk length");
                return abandon(batch);
            }
            long bulk = Numbers.toLong(digits, digitCount);
            if (bulk < 0 || bulk > MAX_BULK) {
                fault("invalid bulk length");
                return abandon(batch);
            }
            int value = end + 2;
            if (bulk + 2 > length - value) {
                needed = value - start + bulk + 2;
                return partial(batch, base + start, parsed, position - start);
            }
            if (known > 0) {
                remember(value - start, (int) bulk);
            } else {
                batch.argument(base + value, (int) bulk);
            }
            parsed++;
            position = value + (int) bulk + 2;
        }
        var spec = places != null
                ? arguments(places, base + start, batch)
                : head >= 0 ? batch.headers().spec(head) : find(base + start, batch);
        announced = 0;
        if (known > 0) {
            forget();
        }
        batch.command(spec, position);
        return position;
    }

    /** What was remembered becomes arguments, or stays what it is if the command takes it so. */
    private @Nullable CommandSpec arguments(Places words, long start, Batch batch) {
        batch.argument(start + words.offset(0), words.length(0));
        var spec = find(start, batch);
        if (batch.size() == 0 && ManyKeys.takes(spec, words)) {
            batch.place(words, start);
            places = null;
            return spec;
        }
        for (int i = 1; i < words.size(); i++) {
            batch.argument(start + words.offset(i), words.length(i));
        }
        return spec;
    }

    private @Nullable CommandSpec find(long start, Batch batch) {
        long name = batch.openAddress(0);
        int length = batch.openLength(0);
        var spec = table.find(name, length);
        if (spec != null && known == 0) {
            batch.headers().remember(start, (int) (name + length + 2 - start), announced, length, spec);
        }
        return spec;
    }

    /** The length in a word that begins with the line of a bulk below 100 bytes; -1 if it is anything else. */
    private static int shortBulk(long word) {
        int first = (int) (word >>> 8) - '0' & 0xFF;
        if ((word & ONE_DIGIT_MASK) == ONE_DIGIT) {
            return first <= 9 ? first : -1;
        }
        int second = (int) (word >>> 16) - '0' & 0xFF;
        return (word & TWO_DIGITS_MASK) == TWO_DIGITS && first >= 1 && first <= 9 && second <= 9
                ? first * 10 + second
                : -1;
    }

    private int partial(Batch batch, long start, int parsed, int resumeAt) {
        if (known == 0 && parsed >= REMEMBERED_FROM) {
            for (int i = 0; i < parsed; i++) {
                remember((int) (batch.openAddress(i) - start), batch.openLength(i));
            }
        }
        scanned = resumeAt;
        batch.abandon();
        return INCOMPLETE;
    }

    private void remember(int offset, int length) {
        if (places == null) {
            places = new Places(budget, REMEMBERED_FROM * 2);
        }
        places.add(offset, length);
        known++;
    }

    private int abandon(Batch batch) {
        batch.abandon();
        return FAULTY;
    }

    /** Where the '\r' of a length line is, provided the byte after it has come too. */
    private int header(long base, int from, int length, String tooLong) {
        int stop = Math.min(length, from + MAX_LINE + 1);
        for (int at = from; at < stop; at++) {
            int b = OffHeap.getByte(base + at);
            if (b == '\r') {
                return at + 1 < length ? at : INCOMPLETE;
            }
            if (b == 0) {
                break; // Redis searches a C string
            }
        }
        return length - from > MAX_LINE ? fault(tooLong) : INCOMPLETE;
    }

    private int fault(String text) {
        error = text;
        return FAULTY;
    }

    // a line of words

    private int line(long base, int start, int length, Batch batch, Region scratch) {
        int end = start;
        while (end < length && OffHeap.getByte(base + end) != '\n') {
            if (OffHeap.getByte(base + end) == 0) {
                end = length; // Redis searches a C string
                break;
            }
            end++;
        }
        if (end == length) {
            return length - start > MAX_LINE ? fault("too big inline request") : INCOMPLETE;
        }
        if (end - start > MAX_LINE) {
            return fault("too big inline request");
        }
        int stop = end > start && OffHeap.getByte(base + end - 1) == '\r' ? end - 1 : end;
        if (!quoted(base, start, stop)) {
            words(base, start, stop, batch);
        } else if (!Words.split(base + start, stop - start, scratch.address(), batch)) {
            batch.abandon();
            return fault("unbalanced quotes in request");
        } else {
            unquoted = true;
        }
        if (batch.openArguments() > 0) {
            batch.command(table.find(batch.openAddress(0), batch.openLength(0)), end + 1);
        }
        return end + 1;
    }

    private static boolean quoted(long base, int from, int to) {
        for (int i = from; i < to; i++) {
            int b = OffHeap.getByte(base + i);
            if (b == '"' || b == '\'') {
                return true;
            }
        }
        return false;
    }

    private static void words(long base, int from, int to, Batch batch) {
        int at = from;
        while (at < to) {
            if (Words.space(OffHeap.getByte(base + at))) {
                at++;
                continue;
            }
            int word = at;
            while (at < to && !Words.space(OffHeap.getByte(base + at))) {
                at++;
            }
            batch.argument(base + word, at - word);
        }
    }
}
