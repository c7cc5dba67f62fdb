package sherd.engine;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.Column;
import sherd.engine.schema.TableName;
import sherd.engine.time.Clock;

/**
 * Reads the rows of a data folder that no node has open, and changes nothing. Rows that a node would have in memory are
 * in memory here too; those in segments stay there. One owner.
 */
public final class FolderReader implements AutoCloseable {
    private final Clock clock;
    private final AutoCloseable lock;
    private final @Nullable RecoveredFolder folder;

    private FolderReader(Clock clock, AutoCloseable lock, @Nullable RecoveredFolder folder) {
        this.clock = clock;
        this.lock = lock;
        this.folder = folder;
    }

    /**
     * Opens a folder as of its last accepted write. Blocks.
     *
     * @throws StoreException DATA_IN_USE while a node has it; CORRUPT_... if what a start would read is damaged
     */
    public static FolderReader open(Disk disk, Clock clock) {
        var lock = FolderLock.take(disk);
        RecoveredFolder folder = null;
        boolean done = false;
        try {
            var state = FolderCatalog.load(disk);
            if (!state.tables().isEmpty()) {
                folder = new RecoveredFolder(disk, state);
                recover(disk, folder);
            }
            var reader = new FolderReader(clock, lock, folder);
            done = true;
            return reader;
        } finally {
            if (!done) {
                if (folder != null) {
                    folder.close();
                }
                FolderLock.release(lock);
            }
        }
    }

    private static void recover(Disk disk, RecoveredFolder folder) {
        try {
            var faults = folder.recover();
            if (!faults.isEmpty()) {
                var first = faults.getFirst();
                throw new StoreException(
                        ErrorCode.CORRUPT_LOG,
                        "the commit log is damaged: file=" + first.file() + " offset=" + first.offset() + " problem='"
                                + first.problem() + "'; 'sherd check' tells all of it");
            }
        } catch (IOException e) {
            throw new StoreException(
                    ErrorCode.DISK_FAILED,
                    "cannot read the commit log: data=" + disk.describe() + " reason='" + e + "'; look at the disk",
                    e);
        }
    }

    public ShardedTable requireTable(TableName name) {
        return Optional.ofNullable(folder)
                .flatMap(open -> open.database().byName(name))
                .orElseThrow(() -> new StoreException(
                        ErrorCode.UNKNOWN_TABLE,
                        "no such table: table=" + name + "; there are "
                                + tables().stream()
                                        .map(table -> table.definition().name().toString())
                                        .collect(Collectors.joining(", "))));
    }

    public List<ShardedTable> tables() {
        return folder == null ? List.of() : folder.database().tables();
    }

    /** What a visitor's rows have: the table's own columns; of plain keys {@code key}, {@code field} and {@code value}. */
    public static List<Column> columns(ShardedTable table) {
        return table.definition().freeForm()
                ? FreeFormRows.COLUMNS
                : table.definition().columns();
    }

    /** Rows of a table, whatever their times. */
    public long rows(ShardedTable table) {
        var status = StatusReport.of(table);
        return status.hotRows() + status.archivedRows();
    }

    /**
     * Shows every row once, in its newest version, on this thread. Blocks.
     *
     * @throws StoreException CORRUPT_SEGMENT if a segment is damaged: some rows may have been shown by then
     */
    public ScanStats scan(ShardedTable table, ScanRequest request, RowVisitor visitor) {
        requireWhole(table);
        var stats = Engine.scan(table, request, visitor, clock, budget());
        requireWhole(table);
        return stats;
    }

    private MemoryBudget budget() {
        if (folder == null) {
            throw new IllegalStateException("a folder without tables");
        }
        return folder.budget();
    }

    private static void requireWhole(ShardedTable table) {
        for (var entry : Maintenance.segments(table).newestFirst()) {
            var damage = entry.segment().damage();
            if (damage != null) {
                throw new StoreException(
                        ErrorCode.CORRUPT_SEGMENT,
                        "a segment of the table is damaged: table="
                                + table.definition().name() + " file="
                                + entry.segment().meta().file() + " problem='" + damage
                                + "'; restore it from a copy");
            }
        }
    }

    @Override
    public void close() {
        if (folder != null) {
            folder.close();
        }
        FolderLock.release(lock);
    }
}
