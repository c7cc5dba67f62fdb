package sherd.engine;

import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.RecordStore;

/** Keys of a table, to do something with the memory of each. One owner. */
final class KeyList implements AutoCloseable {
    private static final int HEADER = 4;

    private final Region keys;
    private long bytes;

    KeyList(MemoryBudget budget) {
        keys = new Region(budget, MemoryBudget.Purpose.CACHE, 4096);
    }

    /** What to do with a key that memory knows something of, and which is current. */
    @FunctionalInterface
    interface Step {
        void on(RecordStore store);
    }

    void add(long key, int length) {
        keys.ensure(bytes + HEADER + length);
        long at = keys.address() + bytes;
        OffHeap.putInt(at, length);
        OffHeap.copy(key, at + HEADER, length);
        bytes += HEADER + length;
    }

    void forEachKnown(ShardedTable table, Step step) {
        for (long offset = 0; offset < bytes; ) {
            long at = keys.address() + offset;
            int length = OffHeap.getInt(at);
            for (var shard : table.shardsOf(at + HEADER, length)) {
                shard.lock();
                try {
                    var store = shard.records();
                    store.seek(at + HEADER, length, Long.MIN_VALUE);
                    if (!store.unknown()) {
                        step.on(store);
                    }
                } finally {
                    shard.unlock();
                }
            }
            offset += HEADER + length;
        }
    }

    @Override
    public void close() {
        keys.close();
    }
}
