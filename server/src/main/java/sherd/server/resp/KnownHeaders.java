package sherd.server.resp;

import org.jspecify.annotations.Nullable;
import sherd.engine.memory.OffHeap;

/**
 * The heads of the commands seen last, from the {@code *} to the end of the name, as two words each: a client sends the
 * same few over and over, and two comparisons say what decoding the head and looking up the name would (Garnet does so
 * with the heads it knows beforehand). The same bytes always decode to the same, so nothing can be stale. One per I/O
 * thread.
 */
final class KnownHeaders {
    /** Longer heads are decoded each time; so many bytes must be there to be compared. */
    static final int MAX_BYTES = 16;

    private static final int ENTRIES = 4;
    private static final int MIN_BYTES = 8;

    private final long[] low = new long[ENTRIES];
    private final long[] high = new long[ENTRIES];
    private final long[] highMask = new long[ENTRIES];
    private final int[] bytes = new int[ENTRIES];
    private final int[] words = new int[ENTRIES];
    private final int[] nameLengths = new int[ENTRIES];
    private final @Nullable CommandSpec[] specs = new @Nullable CommandSpec[ENTRIES];
    private int next;

    /** The entry of the head that the bytes at this address begin with, or -1; {@link #MAX_BYTES} must be there. */
    int find(long address) {
        long lowWord = OffHeap.getLong(address);
        long highWord = OffHeap.getLong(address + 8);
        for (int i = 0; i < ENTRIES; i++) {
            if (low[i] == lowWord && (highWord & highMask[i]) == high[i]) {
                return i;
            }
        }
        return -1;
    }

    /** Takes a head in, if it is short enough, in place of the one that came first. */
    void remember(long address, int length, int wordCount, int nameLength, CommandSpec spec) {
        if (length <= MIN_BYTES || length > MAX_BYTES) {
            return;
        }
        long mask = -1L >>> ((MAX_BYTES - length) * Byte.SIZE);
        low[next] = OffHeap.getLong(address);
        high[next] = OffHeap.getLong(address + 8) & mask;
        highMask[next] = mask;
        bytes[next] = length;
        words[next] = wordCount;
        nameLengths[next] = nameLength;
        specs[next] = spec;
        next = (next + 1) % ENTRIES;
    }

    int bytes(int entry) {
        return bytes[entry];
    }

    /** How many words the command has, its name included. */
    int words(int entry) {
        return words[entry];
    }

    int nameLength(int entry) {
        return nameLengths[entry];
    }

    /** Where the name begins, from the start of the head: it ends two bytes before the head does. */
    int nameOffset(int entry) {
        return bytes[entry] - 2 - nameLengths[entry];
    }

    @Nullable
    CommandSpec spec(int entry) {
        return specs[entry];
    }
}
