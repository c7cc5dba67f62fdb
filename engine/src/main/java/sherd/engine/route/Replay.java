package sherd.engine.route;

import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationLayout;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;
import sherd.engine.shard.Shard;
import sherd.engine.table.ArchivedRow;
import sherd.engine.table.PlainRow;
import sherd.engine.table.RecordStore;
import sherd.engine.version.VersionVector;

/**
 * Applies changes from the commit log to the shards: at recovery, before anyone else sees them.
 *
 * <p>A change may meet a state that already has it and later ones (a checkpoint is written while writes go on). Replayed
 * in order to the end, every row still ends as it was, because a change states an outcome. What a change builds on may
 * live in a segment by now; then the segment's row is taken as the base, as it was when the change was made.
 */
public final class Replay implements CommitLog.Replay {
    /** Changes that are touched ahead at once. */
    private static final int AHEAD = 256;

    /** Tells which rows of a log table need no replay: they are in a segment or came with the checkpoint. */
    @FunctionalInterface
    public interface KnownRows {
        boolean has(int table, int shard, long row);
    }

    private final Tables tables;
    private final KnownRows known;
    private final SlabPool pool;
    private final MemoryBudget budget;
    /** The keys of the batches told ahead, until the first of these comes. */
    private final RoutedKeys ahead = new RoutedKeys();

    private long changes;

    public Replay(Tables tables, KnownRows known, SlabPool pool) {
        this.tables = tables;
        this.known = known;
        this.pool = pool;
        this.budget = pool.budget();
    }

    public long changes() {
        return changes;
    }

    @Override
    public void ahead(long lsn, long address, int length) {
        long end = address + length;
        for (long at = address; at < end && ahead.size() < AHEAD; at += MutationLayout.length(at)) {
            if (ChangeCheck.framing(at, end - at) != null) {
                return; // to be told when it is its turn
            }
            var table = tables.byId(MutationLayout.table(at));
            if (table != null && table.isRecord() && MutationLayout.keyLength(at) > 0) {
                ahead.add(table, MutationLayout.key(at), MutationLayout.keyLength(at));
            }
        }
    }

    @Override
    public void batch(long lsn, long address, int length) {
        if (ahead.size() > 0) {
            ahead.touch(pool);
            ahead.clear();
        }
        long end = address + length;
        for (long at = address; at < end; at += MutationLayout.length(at)) {
            require(ChangeCheck.framing(at, end - at));
            apply(at);
            changes++;
        }
    }

    private void apply(long at) {
        var table = tables.byId(MutationLayout.table(at));
        if (table == null) {
            return; // dropped since
        }
        if (MutationLayout.operation(at) == MutationLayout.FLUSH) {
            table.shards().forEach(Replay::clear);
            return;
        }
        var shard = table.shard(MutationLayout.shard(at));
        if (shard == null) {
            throw corrupt("a change names an unknown shard: table="
                    + table.definition().name() + " shard=" + MutationLayout.shard(at));
        }
        require(ChangeCheck.content(at, table.definition().columns()));
        if ((MutationLayout.operation(at) == MutationLayout.APPEND) == table.isRecord()) {
            throw corrupt("a change is none of its kind of table: table="
                    + table.definition().name() + " operation=" + MutationLayout.operation(at));
        }
        if (MutationLayout.operation(at) == MutationLayout.APPEND) {
            append(table, shard, at);
        } else {
            change(table, shard, at);
        }
    }

    /** Empties a shard; ids and graves go on. */
    public static void clear(Shard shard) {
        switch (shard.rows()) {
            case Shard.Records(var store) -> store.clear();
            case Shard.Log(var store) -> store.clear();
        }
        shard.readers().close();
    }

    /** The same for one that is in use. */
    public static void clearLocked(Shard shard) {
        shard.lock();
        try {
            clear(shard);
        } finally {
            shard.unlock();
        }
    }

    private void append(ShardedTable table, Shard shard, long at) {
        long row = MutationLayout.first(at);
        long id = MutationLayout.counter(at);
        for (int i = 0; i < MutationLayout.second(at); i++, id++) {
            if (id >= shard.log().nextRow() && !known.has(table.id(), shard.id(), id)) {
                shard.log().skipTo(id);
                shard.log().append(row, 1);
            }
            row += sherd.engine.command.RowLayout.length(row);
        }
        shard.log().skipTo(id);
    }

    private void change(ShardedTable table, Shard shard, long at) {
        int operation = MutationLayout.operation(at);
        boolean whole = operation == MutationLayout.PUT || operation == MutationLayout.REMOVE;
        seekWithBase(table, shard, MutationLayout.key(at), MutationLayout.keyLength(at), whole, budget);
        apply(shard.records(), shard, at);
    }

    /**
     * Makes a key current, with its row from the segments if memory knows nothing of it. Expiry is not judged: an expired
     * row still takes the changes that came after.
     *
     * @param whole whether what comes states the whole row: then a base that cannot be read is only covered
     */
    private static void seekWithBase(
            ShardedTable table, Shard shard, long key, int keyLength, boolean whole, MemoryBudget budget) {
        var store = shard.records();
        store.seek(key, keyLength, Long.MIN_VALUE);
        if (!store.unknown() || table.archived().rows() == 0) {
            return;
        }
        long hash = OffHeap.hash(key, keyLength);
        if (table.archived().mayContain(hash)) {
            try {
                table.archived()
                        .find(hash, OffHeap.toArray(key, keyLength))
                        .filter(row -> row.kind() != Kind.ABSENT)
                        .ifPresent(row -> {
                            Installer.put(store, row, shard.id(), budget);
                            store.markCached(true);
                        });
            } catch (StoreException e) {
                boolean unreadable = e.code() == ErrorCode.CORRUPT_SEGMENT || e.code() == ErrorCode.OBJECTS_UNAVAILABLE;
                if (!whole || !unreadable) {
                    throw e;
                }
                store.buryArchived(0);
            }
        }
    }

    /** Puts a row of a checkpoint back into the shard it came from. */
    public static void restore(ShardedTable table, PlainRow row, MemoryBudget budget) {
        var shard = shardOfCheckpoint(table, row.shard());
        seekWithBase(table, shard, row.key(), row.keyLength(), true, budget);
        row.put(shard.records());
    }

    /** The same for a row of any kind. */
    public static void restore(ShardedTable table, int shardId, ArchivedRow row, MemoryBudget budget) {
        var shard = shardOfCheckpoint(table, shardId);
        var store = shard.records();
        try (var key = new Region(budget, MemoryBudget.Purpose.CACHE, Math.max(1, row.key().length))) {
            OffHeap.copy(row.key(), 0, key.address(), row.key().length);
            seekWithBase(table, shard, key.address(), row.key().length, true, budget);
            if (row.kind() == Kind.ABSENT) {
                long counter = row.vector().counter(shardId);
                if (store.unknown()) {
                    store.raiseGraves(counter);
                } else {
                    store.buryArchived(counter);
                }
            } else {
                Installer.put(store, row, shardId, budget);
            }
        }
    }

    private static Shard shardOfCheckpoint(ShardedTable table, int id) {
        var shard = table.shard(id);
        if (shard == null) {
            throw corrupt("a checkpoint names an unknown shard: shard=" + id);
        }
        return shard;
    }

    private static void apply(RecordStore store, Shard shard, long at) {
        long counter = MutationLayout.counter(at);
        long first = MutationLayout.first(at);
        int firstLength = MutationLayout.firstLength(at);
        int second = MutationLayout.second(at);
        int written = MutationLayout.written(at);
        switch (MutationLayout.operation(at)) {
            case MutationLayout.PUT -> put(store, shard, at);
            case MutationLayout.WRITE -> store.writeString(second, first, firstLength, counter, written);
            case MutationLayout.FIELD_PUT ->
                store.putField(first, firstLength, MutationLayout.secondRun(at), second, counter, written);
            case MutationLayout.FIELD_REMOVE -> {
                if (store.kind() == Kind.HASH) {
                    store.removeField(first, firstLength, counter, written);
                }
                store.raiseGraves(store.kind() == Kind.ABSENT ? counter : 0);
            }
            case MutationLayout.EXPIRE -> {
                if (store.kind() != Kind.ABSENT) {
                    store.expire(MutationLayout.expiry(at));
                }
            }
            case MutationLayout.REMOVE -> {
                store.raiseGraves(counter + 1); // as the removal did, whether or not the row is here
                store.remove();
            }
            default -> throw corrupt("an unknown change: operation=" + MutationLayout.operation(at));
        }
    }

    private static void put(RecordStore store, Shard shard, long at) {
        long value = MutationLayout.first(at);
        int length = MutationLayout.firstLength(at);
        long counter = MutationLayout.counter(at);
        long expiry = MutationLayout.expiry(at);
        int written = MutationLayout.written(at);
        switch (MutationLayout.kind(at)) {
            case STRING -> store.putString(value, length, expiry, counter, written);
            case HASH -> store.putFields(value, length, MutationLayout.second(at), expiry, counter, written);
            case ROW -> store.putRow(value, expiry, counter, written);
            case ABSENT -> throw corrupt("a row without a kind");
        }
        if (MutationLayout.dots(at) > 0) {
            var vector = VersionVector.of(shard.id(), counter);
            for (int i = 0; i < MutationLayout.dots(at); i++) {
                long dot = MutationLayout.dot(at, i);
                vector = vector.with(OffHeap.getInt(dot), OffHeap.getLong(dot + 4));
            }
            store.setDots(vector);
        }
    }

    private static void require(@Nullable String problem) {
        if (problem != null) {
            throw corrupt(problem);
        }
    }

    private static StoreException corrupt(String what) {
        return new StoreException(ErrorCode.CORRUPT_LOG, "commit log: " + what + "; run 'sherd check' on the folder");
    }
}
