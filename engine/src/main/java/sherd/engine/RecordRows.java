package sherd.engine;

import sherd.engine.command.Kind;
import sherd.engine.command.MutationBatch;
import sherd.engine.command.MutationLayout;
import sherd.engine.index.KeyIndex;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.Region;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.RecordStore;

/**
 * Walks the rows of a record table while it is written to: a few at a time are copied out under the shard's lock, and
 * handed on without it.
 */
final class RecordRows implements AutoCloseable {
    /** Some twenty microseconds under the lock: commands of the shard wait for that long, and more if it loses its turn. */
    private static final int COPY_BYTES = 16 << 10;

    /** Which rows to copy. */
    @FunctionalInterface
    interface Choice {
        boolean takes(long record);
    }

    /** Takes one row, as a PUT in the form of {@link MutationLayout}; kind ABSENT is a tombstone. */
    @FunctionalInterface
    interface Sink {
        void row(long put, boolean shadows);
    }

    private final MutationBatch copies;
    private final Region value;
    private final Region shadowFlags;

    RecordRows(MemoryBudget budget) {
        copies = new MutationBatch(budget);
        value = new Region(budget, MemoryBudget.Purpose.CACHE, 4096);
        shadowFlags = new Region(budget, MemoryBudget.Purpose.CACHE, 4096);
    }

    void forEach(ShardedTable table, Choice choice, Sink sink) {
        for (var shard : table.shards()) {
            long cursor = 0;
            do {
                cursor = copySome(shard, cursor, choice);
                handOn(sink);
            } while (cursor != 0);
        }
    }

    private long copySome(Shard shard, long from, Choice choice) {
        copies.clear();
        count = 0;
        long cursor = from;
        shard.lock();
        try {
            var store = shard.records();
            do {
                cursor = store.scan(cursor, record -> {
                    if (choice.takes(record)) {
                        copy(shard, store, record);
                    }
                });
            } while (KeyIndex.insidePage(cursor) || (cursor != 0 && copies.bytes() < COPY_BYTES));
        } finally {
            shard.unlock();
        }
        return cursor;
    }

    private int count;

    private void copy(Shard shard, RecordStore store, long record) {
        store.enter(record);
        copies.target(shard.table(), shard.id(), store.written());
        long key = store.currentKey();
        int keyLength = store.currentKeyLength();
        int dots = store.otherDots();
        switch (store.kind()) {
            case STRING ->
                copies.put(
                        Kind.STRING,
                        key,
                        keyLength,
                        store.valueAddress(),
                        store.valueLength(),
                        0,
                        store.expiresAt(),
                        store.counter(),
                        dots);
            case HASH -> {
                int length = store.readFields(value, 0);
                copies.put(
                        Kind.HASH,
                        key,
                        keyLength,
                        value.address(),
                        length,
                        store.fieldCount(),
                        store.expiresAt(),
                        store.counter(),
                        dots);
            }
            case ROW -> {
                int length = store.readRow(value);
                copies.put(
                        Kind.ROW, key, keyLength, value.address(), length, 0, store.expiresAt(), store.counter(), dots);
            }
            case ABSENT -> copies.put(Kind.ABSENT, key, keyLength, key, 0, 0, -1, store.counter(), 0);
        }
        if (dots > 0 && store.kind() != Kind.ABSENT) {
            store.copyDots(MutationLayout.dot(copies.last(), 0));
        }
        shadowFlags.ensure(count + 1L);
        sherd.engine.memory.OffHeap.putByte(
                shadowFlags.address() + count, (byte) (RecordStore.shadows(record) ? 1 : 0));
        count++;
    }

    private void handOn(Sink sink) {
        long at = copies.address();
        for (int i = 0; i < count; i++) {
            sink.row(at, sherd.engine.memory.OffHeap.getByte(shadowFlags.address() + i) == 1);
            at += MutationLayout.length(at);
        }
    }

    @Override
    public void close() {
        copies.close();
        value.close();
        shadowFlags.close();
    }
}
