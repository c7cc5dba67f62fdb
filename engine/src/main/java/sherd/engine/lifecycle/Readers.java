package sherd.engine.lifecycle;

import org.jspecify.annotations.Nullable;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.ArchiveSettings;

/**
 * Who has read old rows of one shard within the table's window, by row group. The shard's lock guards it.
 *
 * <p>There are as many groups as have room in a share of the memory limit, and a row belongs to one by its hash: two that
 * meet in a group keep each other in memory, which costs nothing while there is enough. That share is taken at the first
 * read that counts. Reads of rows that are too young to leave within the window do not count, so most reads cost the look
 * at a row's age.
 *
 * <p>Counts are not kept over a restart.
 */
public final class Readers implements AutoCloseable {
    /** The id of whoever is not counted. */
    public static final int NOBODY = 0;

    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final ReaderSketch sketch;
    private final long countedFrom;
    private final long sliceMillis;
    private final long groupMask;
    private final MemoryBudget budget;
    private @Nullable Region groups;

    /** @param bytes that it may take, if a group needs no more */
    public Readers(ArchiveSettings settings, long bytes, MemoryBudget budget) {
        sketch = ReaderSketch.telling(settings.maxReads());
        countedFrom = Math.max(0, settings.minAge() - settings.readsWindow());
        sliceMillis = Math.max(1, settings.readsWindow() / ReaderSketch.SLICES);
        groupMask = Long.highestOneBit(Math.max(1, bytes / sketch.bytes())) - 1;
        this.budget = budget;
    }

    /** The id of a reader by name; never {@link #NOBODY}. */
    public static int idOf(String name) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * FNV_PRIME;
        }
        int id = (int) (((hash ^ (hash >>> 32)) * SPREAD) >>> 32);
        return id == NOBODY ? 1 : id;
    }

    /** Whether reads of what was written then count. */
    public boolean counts(long writtenMillis, long now) {
        return now - writtenMillis >= countedFrom;
    }

    /** Notes a read of a row of the group that a hash leads to. */
    public void note(long hash, int reader, long now) {
        var noted = groups;
        if (noted == null) {
            noted = new Region(budget, MemoryBudget.Purpose.CACHE, (groupMask + 1) * sketch.bytes());
            OffHeap.fill(noted.address(), noted.capacity(), (byte) 0);
            groups = noted;
        }
        sketch.note(place(noted, hash), reader, slice(now));
    }

    /** Distinct readers of the group that a hash leads to. */
    public int count(long hash, long now) {
        return groups == null ? 0 : sketch.count(place(groups, hash), slice(now));
    }

    private long place(Region of, long hash) {
        return of.address() + (hash & groupMask) * sketch.bytes();
    }

    private int slice(long now) {
        return (int) (now / sliceMillis);
    }

    /** Forgets all reads. */
    @Override
    public void close() {
        if (groups != null) {
            groups.close();
            groups = null;
        }
    }
}
