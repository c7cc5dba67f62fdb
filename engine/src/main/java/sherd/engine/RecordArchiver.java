package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationLayout;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.ArchivedRows;
import sherd.engine.table.RecordSegment;
import sherd.engine.table.RecordStore;
import sherd.engine.table.SegmentState;

/**
 * Moves old rows of a record table into a segment while they may be read, changed and removed.
 *
 * <p>Rows are copied first. Once the catalog has the segment, every copied row still in memory is marked as shadowing
 * an archived one (and a row removed meanwhile gets a tombstone), so that from here on no removal can uncover the copy.
 * Then the table reads the segment, and last, rows that have not changed since they were copied leave memory.
 */
final class RecordArchiver {
    private final Maintenance maintenance;

    RecordArchiver(Maintenance maintenance) {
        this.maintenance = maintenance;
    }

    List<SegmentStatus> archive(ShardedTable table, long cutoffMillis, Archiver.Choice choice) {
        var made = new ArrayList<SegmentStatus>();
        var segment = new RecordSegment(table.definition());
        long now = maintenance.clock().epochMillis();
        long cutoffSeconds = cutoffMillis == Long.MAX_VALUE ? Long.MAX_VALUE : cutoffMillis / 1000;
        try (var rows = new RecordRows(maintenance.budget());
                var copied = new Copied(maintenance.budget());
                var output = new SegmentOutput(maintenance, table, "arc", Purpose.ARCHIVE)) {
            rows.forEach(
                    table,
                    (shard, record) -> !RecordStore.isCached(record)
                            && RecordStore.isLive(record, now)
                            && RecordStore.written(record) <= cutoffSeconds
                            && choice.takes(shard, RecordStore.writtenMillis(record), RecordStore.keyHash(record)),
                    (put, shadows) -> {
                        segment.add(output.writer(), put);
                        copied.add(put, shadows);
                        output.rest();
                    });
            for (var sealed : output.seal()) {
                made.add(move(table, copied, sealed));
            }
        }
        return made;
    }

    private SegmentStatus move(ShardedTable table, Copied copied, SegmentEntry sealed) {
        var entry = maintenance.publish(sealed, new SegmentState(copied.replaces, List.of()));
        copied.forEach(table, RecordArchiver::mark);
        var homes = table.homes().writeLock();
        ArchivedRows before;
        homes.lock();
        try {
            before = Maintenance.attach(table, entry);
            copied.forEach(table, RecordArchiver::letGo);
        } finally {
            homes.unlock();
        }
        before.release();
        return Maintenance.status(entry.segment());
    }

    private static void mark(RecordStore store, long counter, long expiry) {
        boolean noted = store.kind() == Kind.ABSENT && !store.unknown() && RecordStore.isCached(store.current());
        if (store.unknown() || noted) { // removed meanwhile, and perhaps noted as absent from the older segments
            store.buryArchived(counter);
        } else {
            store.markShadowing();
        }
    }

    private static void letGo(RecordStore store, long counter, long expiry) {
        if (store.kind() != Kind.ABSENT && store.counter() == counter && store.expiresAt() == expiry) {
            store.drop();
        }
    }

    /** What to do with one copied key, which is current in the store. */
    @FunctionalInterface
    private interface Step {
        void on(RecordStore store, long counter, long expiry);
    }

    /** The keys copied, with the version they had: shard (int), key length (int), counter, expiry (long), key. */
    private static final class Copied implements AutoCloseable {
        private static final int HEADER = 24;

        private final Region entries;
        private long bytes;
        private long replaces;

        private Copied(MemoryBudget budget) {
            entries = new Region(budget, MemoryBudget.Purpose.CACHE, 4096);
        }

        private void add(long put, boolean shadows) {
            int keyLength = MutationLayout.keyLength(put);
            entries.ensure(bytes + HEADER + keyLength);
            long at = entries.address() + bytes;
            OffHeap.putInt(at, MutationLayout.shard(put));
            OffHeap.putInt(at + 4, keyLength);
            OffHeap.putLong(at + 8, MutationLayout.counter(put));
            OffHeap.putLong(at + 16, MutationLayout.expiry(put));
            OffHeap.copy(MutationLayout.key(put), at + HEADER, keyLength);
            bytes += HEADER + keyLength;
            replaces += shadows ? 1 : 0;
        }

        private void forEach(ShardedTable table, Step step) {
            for (long offset = 0; offset < bytes; ) {
                long at = entries.address() + offset;
                var shard = table.shards().get(OffHeap.getInt(at));
                int keyLength = OffHeap.getInt(at + 4);
                shard.lock();
                try {
                    var store = shard.records();
                    store.seek(at + HEADER, keyLength, Long.MIN_VALUE);
                    step.on(store, OffHeap.getLong(at + 8), OffHeap.getLong(at + 16));
                } finally {
                    shard.unlock();
                }
                offset += HEADER + keyLength;
            }
        }

        @Override
        public void close() {
            entries.close();
        }
    }
}
