package sherd.engine.route;

import java.util.List;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.shard.Shard;
import sherd.engine.table.ArchivedRow;
import sherd.engine.table.ArchivedRows;
import sherd.engine.time.Clock;

/**
 * Brings archived rows into memory as copies, so that commands run on them as on any other. Reads files. Also what
 * segments turn out not to have is remembered, or a key that their filter takes for one of theirs would never be served.
 */
@SuppressWarnings("ReferenceEquality") // whether the very same set of segments is still in force
final class Warmer {
    private final List<WorkUnit.ColdKey> keys;
    private final MemoryBudget budget;
    private final Clock clock;

    Warmer(List<WorkUnit.ColdKey> keys, MemoryBudget budget, Clock clock) {
        this.keys = keys;
        this.budget = budget;
        this.clock = clock;
    }

    void run() {
        try (var copy = new Region(budget, MemoryBudget.Purpose.CACHE, 256)) {
            for (var cold : keys) {
                warm(cold, copy);
            }
        }
    }

    private void warm(WorkUnit.ColdKey cold, Region copy) {
        copy.ensure(cold.key().length);
        OffHeap.copy(cold.key(), 0, copy.address(), cold.key().length);
        long hash = OffHeap.hash(copy.address(), cold.key().length);
        var archived = cold.table().retainArchived();
        @org.jspecify.annotations.Nullable ArchivedRow found;
        try {
            found = archived.find(hash, cold.key()).orElse(null);
        } finally {
            archived.release();
        }
        var home = home(cold, copy.address(), found);
        home.lock();
        try {
            install(cold, copy.address(), home, archived, found);
        } finally {
            home.unlock();
        }
    }

    /** Unless it has become known, or the segments have changed, while we read. */
    private void install(
            WorkUnit.ColdKey cold,
            long key,
            Shard home,
            ArchivedRows seen,
            @org.jspecify.annotations.Nullable ArchivedRow found) {
        var store = home.records();
        store.seek(key, cold.key().length, clock.epochMillis());
        if (!store.unknown() || cold.table().archived() != seen || cold.table().dropped()) {
            return;
        }
        if (found == null) {
            store.markCached(false);
        } else if (found.expiry() >= 0 && found.expiry() <= clock.epochMillis()) {
            store.buryArchived(found.vector().counter(home.id()));
        } else {
            Installer.put(store, found, home.id(), budget);
            store.markCached(true);
        }
    }

    private static Shard home(WorkUnit.ColdKey cold, long key, @org.jspecify.annotations.Nullable ArchivedRow found) {
        var table = cold.table();
        if (!table.floating()) {
            return table.shardOfKey(key, cold.key().length);
        }
        if (found == null || found.kind() != sherd.engine.command.Kind.ROW) {
            return table.shardArray()[0];
        }
        return table.shardOfRow(Installer.values(table, found));
    }
}
