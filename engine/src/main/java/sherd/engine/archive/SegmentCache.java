package sherd.engine.archive;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.arrow.ArrowBatch;
import sherd.engine.memory.MemoryBudget;

/** Batches read from segments, the least recently used go first. Shared by all segments of a node. Thread-safe. */
public final class SegmentCache {
    private static final long LEAST_HELD = 64 << 10;

    private record Key(long segment, int block) {}

    private final MemoryBudget budget;
    private final long limitBytes;
    private final AtomicLong nextSegment = new AtomicLong();
    private final LinkedHashMap<Key, ArrowBatch> batches = new LinkedHashMap<>(64, 0.75f, true);
    private final AtomicLong held = new AtomicLong();
    private long bytes;

    public SegmentCache(MemoryBudget budget, long limitBytes) {
        this.budget = budget;
        this.limitBytes = limitBytes;
    }

    public synchronized long usedBytes() {
        return bytes;
    }

    MemoryBudget budget() {
        return budget;
    }

    /** Takes memory for what an open segment keeps beside its batches. */
    void hold(long heldBytes, long heapBytes) {
        held.addAndGet(heapBytes);
        budget.reserve(MemoryBudget.Purpose.INDEX, heldBytes);
    }

    void letGo(long heldBytes, long heapBytes) {
        held.addAndGet(-heapBytes);
        budget.release(MemoryBudget.Purpose.INDEX, heldBytes);
    }

    /** Whether open segments keep more on the heap than batches may take. */
    boolean holdsTooMuch() {
        return held.get() > Math.max(limitBytes, LEAST_HELD);
    }

    long register() {
        return nextSegment.incrementAndGet();
    }

    synchronized @Nullable ArrowBatch get(long segment, int block) {
        return batches.get(new Key(segment, block));
    }

    /** Keeps a batch if it is not out of proportion and memory allows. */
    synchronized void put(long segment, int block, ArrowBatch batch) {
        long size = batch.memoryBytes();
        if (size > limitBytes / 4 || batches.containsKey(new Key(segment, block))) {
            return;
        }
        var oldest = batches.entrySet().iterator();
        while (bytes + size > limitBytes && oldest.hasNext()) {
            drop(oldest);
        }
        if (budget.tryReserve(MemoryBudget.Purpose.CACHE, size)) {
            bytes += size;
            batches.put(new Key(segment, block), batch);
        }
    }

    synchronized void forget(long segment) {
        var all = batches.entrySet().iterator();
        while (all.hasNext()) {
            var entry = all.next();
            if (entry.getKey().segment() == segment) {
                release(entry.getValue());
                all.remove();
            }
        }
    }

    private void drop(Iterator<Map.Entry<Key, ArrowBatch>> oldest) {
        release(oldest.next().getValue());
        oldest.remove();
    }

    private void release(ArrowBatch batch) {
        bytes -= batch.memoryBytes();
        budget.release(MemoryBudget.Purpose.CACHE, batch.memoryBytes());
    }
}
