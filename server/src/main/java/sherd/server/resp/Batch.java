package sherd.server.resp;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decoded commands as slices of native memory: flat arrays, reused from read to read. The slices are good as long as the
 * memory they were decoded from stays where it is.
 */
final class Batch {
    private static final int KEPT_ARGUMENTS = 1 << 14;

    private long[] addresses = new long[256];
    private int[] lengths = new int[256];
    private int[] first = new int[64];
    private int[] counts = new int[64];
    private int[] ends = new int[64];
    private @Nullable CommandSpec[] specs = new @Nullable CommandSpec[64];
    private final KnownHeaders headers = new KnownHeaders();
    /** Where the words of the only command are, when there are so many that they are no arguments but for the first. */
    private @Nullable Places places;

    private long placedFrom;
    private int size;
    private int arguments;
    private int open;

    void clear() {
        var unused = takePlaces();
        if (unused != null) {
            unused.close();
        }
        Arrays.fill(specs, 0, size, null);
        size = 0;
        arguments = 0;
        open = 0;
        if (addresses.length > KEPT_ARGUMENTS) {
            addresses = new long[256];
            lengths = new int[256];
        }
    }

    /** What the commands decoded before began with. */
    KnownHeaders headers() {
        return headers;
    }

    /** Adds an argument to the command being decoded. */
    void argument(long address, int length) {
        if (arguments == addresses.length) {
            addresses = Arrays.copyOf(addresses, arguments * 2);
            lengths = Arrays.copyOf(lengths, arguments * 2);
        }
        addresses[arguments] = address;
        lengths[arguments++] = length;
    }

    /** Drops the arguments of the command being decoded. */
    void abandon() {
        arguments = open;
    }

    /** Completes the command being decoded; {@code end} is where its bytes end in the input. */
    void command(@Nullable CommandSpec spec, int end) {
        if (size == first.length) {
            first = Arrays.copyOf(first, size * 2);
            counts = Arrays.copyOf(counts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            specs = Arrays.copyOf(specs, size * 2);
        }
        first[size] = open;
        counts[size] = arguments - open;
        ends[size] = end;
        specs[size++] = spec;
        open = arguments;
    }

    /** Takes over where the words of the command being decoded are, of which the name is an argument already. */
    void place(Places words, long start) {
        places = words;
        placedFrom = start;
    }

    boolean placed() {
        return places != null;
    }

    /** Gives away where the words are; null if they are arguments. */
    @Nullable
    Places takePlaces() {
        var taken = places;
        places = null;
        return taken;
    }

    /** Makes arguments of all words, for who wants them at once. */
    void unplace() {
        var words = takePlaces();
        if (words != null) {
            for (int i = 1; i < words.size(); i++) {
                argument(placedFrom + words.offset(i), words.length(i));
            }
            counts[0] = words.size();
            open = arguments;
            words.close();
        }
    }

    int size() {
        return size;
    }

    int openArguments() {
        return arguments - open;
    }

    long openAddress(int index) {
        return addresses[open + index];
    }

    int openLength(int index) {
        return lengths[open + index];
    }

    int count(int command) {
        return counts[command];
    }

    long address(int command, int argument) {
        return addresses[first[command] + argument];
    }

    int length(int command, int argument) {
        return lengths[first[command] + argument];
    }

    /** Index of the last key of a command that exists; lower than the first if it has none. */
    int lastKey(int command) {
        var spec = Objects.requireNonNull(specs[command]);
        int words = counts[command];
        if (!spec.has(CommandSpec.KEYS_COUNTED)) {
            return spec.lastKey(words);
        }
        int counter = spec.firstKey() - 1;
        long address = address(command, counter);
        int length = length(command, counter);
        long keys = Numbers.isLong(address, length) ? Numbers.toLong(address, length) : 0;
        return keys >= 0 && keys <= words - spec.firstKey() ? counter + (int) keys : counter;
    }

    int end(int command) {
        return ends[command];
    }

    /** Of the command as it was sent. */
    int bytes(int command) {
        return command == 0 ? ends[0] : ends[command] - ends[command - 1];
    }

    /** Null for a command that does not exist. */
    @Nullable
    CommandSpec spec(int command) {
        return specs[command];
    }
}
