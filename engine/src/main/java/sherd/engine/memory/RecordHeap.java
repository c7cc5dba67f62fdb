package sherd.engine.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One shard's allocator: size classes in slabs, larger blocks from the system, very large ones as {@link LargeBlock}s.
 * Not thread-safe; its shard's lock guards it.
 *
 * <p>Every slab keeps its own free list and a count of what lives in it, so a slab that empties goes back to the pool
 * whatever the order of frees. Slabs with room are linked per class. Classes are 8 bytes apart up to 256, then a
 * sixteenth of the next power of two; blocks of a multiple of 64 bytes are aligned to 64.
 *
 * <pre>
 * slab:  +0 class (int)   +4 live (int)   +8 first free block   +16 next slab with room   +24 previous one
 *        +32 first block never used (int offset)   +36 linked (int)   +64 blocks
 * </pre>
 */
public final class RecordHeap implements AutoCloseable {
    /** Blocks up to this many bytes live in slabs. */
    public static final int MAX_SMALL = 4096;

    /** Below, the last slab of each class is most of what is not used. */
    private static final long WASTE_FROM = 64L * SlabPool.SLAB_BYTES;

    private static final int WASTE_SHARE = 8;

    private static final int CLASS = 0;
    private static final int LIVE = 4;
    private static final int FIRST_FREE = 8;
    private static final int NEXT = 16;
    private static final int PREVIOUS = 24;
    private static final int FRESH = 32;
    private static final int LINKED = 36;
    private static final int HEADER = 64;

    private static final int[] CLASS_BYTES = classBytes();
    private static final byte[] CLASS_OF_EIGHTH = classOfEighth();

    private final SlabPool pool;
    private final MemoryBudget.Purpose purpose;
    private final long[] withRoom = new long[CLASS_BYTES.length];
    private long[] slabs = new long[4];
    private int slabCount;
    private long largeBytes;
    private long usedBytes;

    public RecordHeap(SlabPool pool, MemoryBudget.Purpose purpose) {
        this.pool = pool;
        this.purpose = purpose;
    }

    /** Address of a block of undefined content, 8-byte aligned, or 0 when memory is out. */
    public long allocate(long bytes) {
        return allocate(bytes, false);
    }

    /**
     * Like {@link #allocate}, but goes over the budget rather than fail: for small blocks that removing needs, since a
     * store that is full must still be able to shrink.
     */
    public long allocateAlways(long bytes) {
        return allocate(bytes, true);
    }

    private long allocate(long bytes, boolean overBudget) {
        if (bytes > MAX_SMALL) {
            return allocateLarge(bytes, overBudget);
        }
        int sizeClass = CLASS_OF_EIGHTH[((int) bytes + 7) >>> 3];
        long slab = withRoom[sizeClass];
        if (slab == 0) {
            slab = addSlab(sizeClass, overBudget);
            if (slab == 0) {
                return 0;
            }
        }
        int blockBytes = CLASS_BYTES[sizeClass];
        long block = OffHeap.getLong(slab + FIRST_FREE);
        if (block != 0) {
            OffHeap.putLong(slab + FIRST_FREE, OffHeap.getLong(block));
        } else {
            int fresh = OffHeap.getInt(slab + FRESH);
            block = slab + fresh;
            OffHeap.putInt(slab + FRESH, fresh + blockBytes);
        }
        OffHeap.putInt(slab + LIVE, OffHeap.getInt(slab + LIVE) + 1);
        if (full(slab, blockBytes)) {
            unlink(slab, sizeClass);
        }
        usedBytes += blockBytes;
        return block;
    }

    /** Frees a block; {@code bytes} is what it was allocated with. */
    public void free(long block, long bytes) {
        if (bytes > MAX_SMALL) {
            freeLarge(block, bytes);
            return;
        }
        long slab = block & -SlabPool.SLAB_BYTES;
        int sizeClass = OffHeap.getInt(slab + CLASS);
        OffHeap.putLong(block, OffHeap.getLong(slab + FIRST_FREE));
        OffHeap.putLong(slab + FIRST_FREE, block);
        int live = OffHeap.getInt(slab + LIVE) - 1;
        OffHeap.putInt(slab + LIVE, live);
        usedBytes -= CLASS_BYTES[sizeClass];
        if (OffHeap.getInt(slab + LINKED) == 0) {
            link(slab, sizeClass);
        }
        if (live == 0) {
            unlink(slab, sizeClass);
            dropSlab(slab);
        }
    }

    /**
     * Moves a block out of a slab that is far from full, so that the slab may empty, if another one has room; returns
     * where the block is now. Once it was asked of all blocks, slabs are three quarters full, but for one a class.
     */
    public long settle(long block, long bytes) {
        if (!sparse(block, bytes)) {
            return block;
        }
        long moved = allocate(bytes);
        OffHeap.copy(block, moved, bytes);
        free(block, bytes);
        return moved;
    }

    /** Whether {@link #settle} would move a block. */
    public boolean sparse(long block, long bytes) {
        if (bytes > MAX_SMALL) {
            return false;
        }
        long slab = block & -SlabPool.SLAB_BYTES;
        int sizeClass = OffHeap.getInt(slab + CLASS);
        long live = OffHeap.getInt(slab + LIVE);
        boolean fullEnough = live * 4L * CLASS_BYTES[sizeClass] >= SlabPool.SLAB_BYTES * 3L;
        return !fullEnough && withRoom[sizeClass] != slab;
    }

    /** Whether so much of what is held is in nobody's use that it is worth to settle blocks. */
    public boolean wasteful() {
        long held = heldBytes();
        return held > WASTE_FROM && (held - usedBytes) * WASTE_SHARE > held;
    }

    /** Whether a block allocated with {@code before} bytes can hold {@code after} without wasting a class. */
    public static boolean sameBlock(long before, long after) {
        return before == after
                || (before <= MAX_SMALL
                        && after <= MAX_SMALL
                        && CLASS_OF_EIGHTH[((int) before + 7) >>> 3] == CLASS_OF_EIGHTH[((int) after + 7) >>> 3]);
    }

    /** Bytes in blocks handed out, rounded up to their classes. */
    public long usedBytes() {
        return usedBytes;
    }

    /** Bytes held from the pool and the system. */
    public long heldBytes() {
        return (long) slabCount * SlabPool.SLAB_BYTES + largeBytes;
    }

    /** Gives every slab back. Large blocks must have been freed before. */
    @Override
    public void close() {
        for (int i = 0; i < slabCount; i++) {
            pool.give(slabs[i], purpose);
        }
        slabCount = 0;
        usedBytes = largeBytes;
        Arrays.fill(withRoom, 0);
    }

    private void freeLarge(long block, long bytes) {
        long held = bytes < LargeBlock.FROM ? bytes : LargeBlock.bytes(block);
        largeBytes -= held;
        usedBytes -= held;
        if (bytes < LargeBlock.FROM) {
            NativeMemory.free(block);
            pool.budget().release(purpose, bytes);
        } else {
            LargeBlock.letGo(pool.budget(), purpose, block);
        }
    }

    private long allocateLarge(long bytes, boolean overBudget) {
        if (bytes >= LargeBlock.FROM) {
            long block = LargeBlock.allocate(pool.budget(), purpose, bytes, overBudget);
            if (block != 0) {
                own(block);
            }
            return block;
        }
        if (!pool.budget().reserve(purpose, bytes, overBudget)) {
            return 0;
        }
        long block = NativeMemory.allocate(bytes, 16);
        if (block == 0) {
            pool.budget().release(purpose, bytes);
            return 0;
        }
        largeBytes += bytes;
        usedBytes += bytes;
        return block;
    }

    private void own(long block) {
        long held = LargeBlock.bytes(block);
        largeBytes += held;
        usedBytes += held;
    }

    /** Takes over memory that was filled beforehand, for a record of so many bytes; its address, or 0 if it does not fit. */
    public long adopt(StagedBlock staged, long bytes) {
        long start = staged.start(bytes);
        if (start != 0) {
            own(staged.give());
        }
        return start;
    }

    /** Lends bytes within a block allocated with {@code bytes}; null if it is not one of those that can be lent. */
    public @Nullable LentBytes lend(long block, long bytes, long address, int length) {
        return bytes < LargeBlock.FROM ? null : new LentBytes(pool.budget(), purpose, block, address, length);
    }

    /** Whether bytes of a block are lent, so that they must not change. */
    public static boolean lent(long block, long bytes) {
        return bytes >= LargeBlock.FROM && LargeBlock.lent(block);
    }

    private long addSlab(int sizeClass, boolean overBudget) {
        long slab = pool.take(purpose, overBudget);
        if (slab == 0) {
            return 0;
        }
        OffHeap.putInt(slab + CLASS, sizeClass);
        OffHeap.putInt(slab + LIVE, 0);
        OffHeap.putLong(slab + FIRST_FREE, 0);
        OffHeap.putInt(slab + FRESH, HEADER);
        link(slab, sizeClass);
        if (slabCount == slabs.length) {
            slabs = Arrays.copyOf(slabs, slabCount * 2);
        }
        slabs[slabCount++] = slab;
        return slab;
    }

    private void dropSlab(long slab) {
        for (int i = slabCount - 1; i >= 0; i--) {
            if (slabs[i] == slab) {
                slabs[i] = slabs[--slabCount];
                break;
            }
        }
        pool.give(slab, purpose);
    }

    private void link(long slab, int sizeClass) {
        long head = withRoom[sizeClass];
        OffHeap.putLong(slab + NEXT, head);
        OffHeap.putLong(slab + PREVIOUS, 0);
        OffHeap.putInt(slab + LINKED, 1);
        if (head != 0) {
            OffHeap.putLong(head + PREVIOUS, slab);
        }
        withRoom[sizeClass] = slab;
    }

    private void unlink(long slab, int sizeClass) {
        long next = OffHeap.getLong(slab + NEXT);
        long previous = OffHeap.getLong(slab + PREVIOUS);
        if (next != 0) {
            OffHeap.putLong(next + PREVIOUS, previous);
        }
        if (previous != 0) {
            OffHeap.putLong(previous + NEXT, next);
        } else {
            withRoom[sizeClass] = next;
        }
        OffHeap.putInt(slab + LINKED, 0);
    }

    private static boolean full(long slab, int blockBytes) {
        return OffHeap.getLong(slab + FIRST_FREE) == 0
                && OffHeap.getInt(slab + FRESH) + blockBytes > SlabPool.SLAB_BYTES;
    }

    private static int[] classBytes() {
        var bytes = new int[96];
        int size = 0;
        for (int i = 0; i < bytes.length; i++) {
            int step = i < 32 ? 8 : 8 << ((i - 16) / 16);
            size += step;
            bytes[i] = size;
        }
        assert size == MAX_SMALL : size;
        return bytes;
    }

    private static byte[] classOfEighth() {
        var classes = new byte[MAX_SMALL / 8 + 1];
        int sizeClass = 0;
        for (int eighth = 0; eighth < classes.length; eighth++) {
            while (CLASS_BYTES[sizeClass] < eighth * 8) {
                sizeClass++;
            }
            classes[eighth] = (byte) sizeClass;
        }
        return classes;
    }
}
