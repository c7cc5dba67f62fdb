package sherd.engine.archive.index;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** Runs in native memory, for checking an index where nothing may be written: about as much as the index itself. */
public final class MemoryRuns implements RunFiles {
    private final MemoryBudget budget;
    private final List<Region> regions = new ArrayList<>();

    public MemoryRuns(MemoryBudget budget) {
        this.budget = budget;
    }

    @Override
    public DiskFile create() {
        var region = new Region(budget, MemoryBudget.Purpose.INDEX, RunLayout.BUFFER);
        regions.add(region);
        return new Run(region);
    }

    @Override
    public void close() {
        regions.forEach(Region::close);
        regions.clear();
    }

    private static final class Run implements DiskFile {
        private final Region region;
        private long size;

        Run(Region region) {
            this.region = region;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public int read(ByteBuffer target, long offset) {
            int count = (int) Math.min(target.remaining(), Math.max(0, size - offset));
            target.put(OffHeap.buffer(region.address() + offset, count));
            return count;
        }

        @Override
        public void write(ByteBuffer source, long offset) {
            int count = source.remaining();
            region.ensure(offset + count);
            OffHeap.buffer(region.address() + offset, count).put(source);
            size = Math.max(size, offset + count);
        }

        @Override
        public void truncate(long bytes) {
            size = bytes;
        }

        @Override
        public void sync() {}

        /** The memory goes with the runs. */
        @Override
        public void close() {}
    }
}
