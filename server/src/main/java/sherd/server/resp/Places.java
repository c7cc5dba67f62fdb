package sherd.server.resp;

import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** Where the words of one command are in its bytes: for one of so many words that the heap is no place for that. */
final class Places implements AutoCloseable {
    private static final int PLACE_BYTES = 8;

    private final Region region;
    private int size;
    private int longest;

    Places(MemoryBudget budget, int words) {
        region = new Region(budget, MemoryBudget.Purpose.NETWORK, (long) words * PLACE_BYTES);
    }

    void add(int offset, int length) {
        region.ensure((size + 1L) * PLACE_BYTES);
        long at = region.address() + (long) size++ * PLACE_BYTES;
        OffHeap.putInt(at, offset);
        OffHeap.putInt(at + 4, length);
        longest = Math.max(longest, length);
    }

    int size() {
        return size;
    }

    int offset(int word) {
        return OffHeap.getInt(region.address() + (long) word * PLACE_BYTES);
    }

    int length(int word) {
        return OffHeap.getInt(region.address() + (long) word * PLACE_BYTES + 4);
    }

    /** The most bytes that a word has. */
    int longest() {
        return longest;
    }

    @Override
    public void close() {
        region.close();
    }
}
