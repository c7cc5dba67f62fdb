package sherd.engine.memory;

import sherd.engine.memory.MemoryBudget.Purpose;

/**
 * A block of pages of its own, for a record that is large. It has an owner, the heap of a shard, and may have readers,
 * to whom its bytes are lent: these stay as they are, and the pages go back when the last of all lets go, whatever has
 * become of the record. So many bytes need not be copied while their shard is locked.
 *
 * <p>A block is named by any address in its first page: a record need not begin where the block does, since what stands
 * before its value may be known only when the value has long been copied.
 *
 * <pre>
 * +0 holders (int)   +8 bytes of the pages (long)   +64 what it holds
 * </pre>
 */
final class LargeBlock {
    /** Records of so many bytes have such blocks. */
    static final long FROM = 256 << 10;

    /** Bytes of the first page, after the header, in which a record may begin. */
    static final int HEAD_ROOM = 256;

    private static final int HEADER = 64;
    private static final long PAGE = 4096;

    private LargeBlock() {}

    /** The address of the first of so many bytes, or 0 when memory is out. */
    static long allocate(MemoryBudget budget, Purpose purpose, long bytes, boolean overBudget) {
        long pages = (HEADER + bytes + PAGE - 1) & -PAGE;
        if (!budget.reserve(purpose, pages, overBudget)) {
            return 0;
        }
        long start = NativeMemory.map(pages);
        if (start == 0) {
            budget.release(purpose, pages);
            return 0;
        }
        OffHeap.putInt(start, 1);
        OffHeap.putLong(start + 8, pages);
        return start + HEADER;
    }

    /** What it takes of the budget. */
    static long bytes(long block) {
        return OffHeap.getLong(start(block) + 8);
    }

    /** Whether others than the owner hold it, who rely on its bytes. */
    static boolean lent(long block) {
        return OffHeap.getInt(start(block)) > 1;
    }

    /** One more holder. Only by who keeps others from letting go meanwhile. */
    static void hold(long block) {
        OffHeap.addInt(start(block), 1);
    }

    /** By each holder once, on any thread. */
    static void letGo(MemoryBudget budget, Purpose purpose, long block) {
        long start = start(block);
        if (OffHeap.addInt(start, -1) == 0) {
            budget.giveBack(purpose, start, OffHeap.getLong(start + 8));
        }
    }

    private static long start(long block) {
        return block & -PAGE;
    }
}
