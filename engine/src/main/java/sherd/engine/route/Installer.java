package sherd.engine.route;

import org.jspecify.annotations.Nullable;
import sherd.engine.command.RowLayout;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.table.ArchivedRow;
import sherd.engine.table.RecordStore;

/** Puts a row that a segment holds into a shard's memory. */
final class Installer {
    private Installer() {}

    /** Writes the row at the store's current key. */
    static void put(RecordStore store, ArchivedRow row, int shard, MemoryBudget budget) {
        int length = row.value().length;
        try (var value = new Region(budget, MemoryBudget.Purpose.CACHE, length)) {
            OffHeap.copy(row.value(), 0, value.address(), length);
            long counter = Math.max(1, row.vector().counter(shard));
            switch (row.kind()) {
                case STRING -> store.putString(value.address(), length, row.expiry(), counter, row.written());
                case HASH ->
                    store.putFields(value.address(), length, row.fields(), row.expiry(), counter, row.written());
                case ROW -> store.putRow(value.address(), row.expiry(), counter, row.written());
                case ABSENT -> {
                    return;
                }
            }
            store.setDots(row.vector());
        }
    }

    static @Nullable Object[] values(ShardedTable table, ArchivedRow row) {
        var unlimited = new MemoryBudget(Long.MAX_VALUE);
        try (var value = new Region(unlimited, MemoryBudget.Purpose.CACHE, row.value().length)) {
            OffHeap.copy(row.value(), 0, value.address(), row.value().length);
            return RowLayout.toObjects(value.address(), table.definition().columns());
        }
    }
}
