package sherd.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import sherd.engine.archive.Catalog;
import sherd.engine.archive.CatalogState;
import sherd.engine.archive.SegmentCheck;
import sherd.engine.disk.Disk;
import sherd.engine.error.Fault;
import sherd.engine.error.StoreException;
import sherd.engine.log.LogCheck;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.LocalRoutes;

/**
 * Verifies a data folder that nobody has open, changing nothing: every checksum of every file, the structure behind
 * it, and that files, catalog and routes agree; then a recovery into memory that is thrown away.
 */
final class FolderCheck {
    private final Disk disk;
    private final List<Fault> faults = new ArrayList<>();
    private final List<Fault> notes = new ArrayList<>();
    private long files;
    private long bytes;
    private long rows;

    FolderCheck(Disk disk) {
        this.disk = disk;
    }

    CheckReport run() {
        var lock = FolderLock.take(disk);
        try {
            checkFiles();
            return new CheckReport(faults, notes, files, bytes, rows);
        } catch (IOException e) {
            faults.add(new Fault("", 0, "cannot be read: " + e.getMessage()));
            return new CheckReport(faults, notes, files, bytes, rows);
        } finally {
            FolderLock.release(lock);
        }
    }

    private void checkFiles() throws IOException {
        faults.addAll(Catalog.check(disk));
        FolderCatalog.missing(disk).ifPresent(problem -> faults.add(new Fault("catalog", 0, problem)));
        boolean catalogIsWhole = faults.isEmpty();
        var state = catalogIsWhole ? Catalog.load(disk) : CatalogState.EMPTY;
        checkRoutes();
        checkNames(state, catalogIsWhole);
        for (var entry : state.segments()) {
            if (disk.exists(entry.meta().file())) {
                faults.addAll(SegmentCheck.check(disk, entry.meta()));
                rows += entry.meta().rows();
            } else {
                faults.add(new Fault(entry.meta().file(), 0, "is in the catalog and not in the folder"));
            }
        }
        var log = LogCheck.check(disk, new MemoryBudget(Long.MAX_VALUE), state.checkpointLsn());
        faults.addAll(log.faults());
        notes.addAll(log.notes());
        if (faults.isEmpty()) {
            rehearse(state);
        }
    }

    private void checkRoutes() {
        try {
            new LocalRoutes(disk).load();
        } catch (StoreException e) {
            faults.add(new Fault(LocalRoutes.FILE, 0, String.valueOf(e.getMessage())));
        }
    }

    private void checkNames(CatalogState state, boolean catalogIsWhole) throws IOException {
        Set<String> known = new HashSet<>(Set.of(FolderLock.FILE, "catalog", LocalRoutes.FILE));
        for (var name : disk.list("")) {
            count(name);
            if (!known.contains(name)) {
                leftover(name);
            }
        }
        if (disk.exists(FolderLock.FILE) && disk.size(FolderLock.FILE) > 0) {
            faults.add(new Fault(FolderLock.FILE, 0, "is not empty; nothing ever writes to it"));
        }
        Set<String> segments = new HashSet<>();
        state.segments().forEach(entry -> segments.add(entry.meta().file()));
        for (var name : disk.list(SegmentFiles.FOLDER)) {
            var file = SegmentFiles.FOLDER + "/" + name;
            count(file);
            if (catalogIsWhole && !segments.contains(file)) {
                leftover(file);
            }
        }
        for (var name : disk.list("log")) {
            count("log/" + name);
        }
    }

    private void leftover(String file) {
        notes.add(new Fault(file, 0, "belongs to nothing; a crash left it and the next start removes it"));
    }

    private void count(String file) throws IOException {
        files++;
        bytes += disk.size(file);
    }

    /** Goes through recovery without writing: what it refuses, a start would refuse. */
    private void rehearse(CatalogState state) throws IOException {
        if (state.tables().isEmpty()) {
            return;
        }
        try (var folder = new RecoveredFolder(disk, state)) {
            folder.recover();
            for (var table : folder.database().tables()) {
                for (var shard : table.shards()) {
                    faults.addAll(RowCheck.of(table, shard));
                }
            }
        } catch (StoreException e) {
            faults.add(new Fault("", 0, "recovery would fail: " + e.getMessage()));
        }
    }
}
