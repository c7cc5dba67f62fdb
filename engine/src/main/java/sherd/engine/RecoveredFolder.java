package sherd.engine;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import sherd.engine.archive.CatalogState;
import sherd.engine.archive.OpenSegments;
import sherd.engine.archive.SegmentCache;
import sherd.engine.disk.Disk;
import sherd.engine.error.Fault;
import sherd.engine.log.LogCheck;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.SlabPool;
import sherd.engine.observe.Events;
import sherd.engine.route.LocalRoutes;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;

/** A recovery of a folder that writes nothing: its tables as the next start would find them. Under the folder's lock. */
final class RecoveredFolder implements AutoCloseable {
    private static final long CACHE_BYTES = 64L << 20;

    private final Disk disk;
    private final CatalogState state;
    private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);
    private final SlabPool pool = new SlabPool(budget);
    private final Database database;
    private final SegmentCache cache = new SegmentCache(budget, CACHE_BYTES);
    private final OpenSegments open;

    /** @param state with tables; there are none in a folder that no node ever opened */
    RecoveredFolder(Disk disk, CatalogState state) {
        this.disk = disk;
        this.state = state;
        open = new OpenSegments(disk, cache, Events.SILENT);
        database = new Database(disk, new LocalRoutes(disk), pool, "check", state);
    }

    /** Returns what is wrong with the log; the rows up to there are here. Once. */
    List<Fault> recover() throws IOException {
        database.load(TableDefinition.keyValue(1, ArchiveSettings.DEFAULT));
        var recovery = new Recovery(database, disk, cache, open, pool);
        recovery.load();
        return LogCheck.check(disk, budget, state.checkpointLsn(), recovery.replay())
                .faults();
    }

    Database database() {
        return database;
    }

    MemoryBudget budget() {
        return budget;
    }

    @Override
    public void close() {
        new Holdings(database, open, pool, Optional.empty()).close();
    }
}
