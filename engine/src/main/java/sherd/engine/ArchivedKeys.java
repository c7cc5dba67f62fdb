package sherd.engine;

import org.jspecify.annotations.Nullable;
import sherd.engine.archive.RowCursor;
import sherd.engine.command.Kind;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.RecordSegment;
import sherd.engine.table.TableSegments;
import sherd.engine.time.Clock;

/**
 * Judges rows of a record table's segments: whether a row is what its key stands for now. Reads files. Used under the
 * table's homes held for reading, so that no row moves meanwhile. One owner.
 */
final class ArchivedKeys implements AutoCloseable {
    private final ShardedTable table;
    private final TableSegments segments;
    private final Clock clock;
    private final RecordSegment rows;
    private final Region key;
    private TableSegments.@Nullable Entry entry;
    private @Nullable RowCursor cursor;
    private RecordSegment.@Nullable Head head;

    ArchivedKeys(ShardedTable table, TableSegments segments, Clock clock, MemoryBudget budget) {
        this.table = table;
        this.segments = segments;
        this.clock = clock;
        this.rows = new RecordSegment(table.definition());
        this.key = new Region(budget, MemoryBudget.Purpose.CACHE, 256);
    }

    /** The segment whose rows are judged next. */
    void open(TableSegments.Entry of) {
        close(entry);
        entry = null;
        cursor = of.segment().pin().cursor();
        entry = of;
        head = null;
    }

    /** Goes to a row of the open segment; false if its time has passed or it only says that a row is gone. */
    boolean seek(long row) {
        var at = require(cursor);
        var found = require(entry).segment().guard(() -> {
            at.seek(row);
            return rows.readHead(at);
        });
        head = found;
        key.ensure(Math.max(1, keyLength()));
        OffHeap.copy(found.key(), 0, key.address(), found.key().length);
        return found.kind() != Kind.ABSENT && (found.expiry() < 0 || found.expiry() > clock.epochMillis());
    }

    long keyAddress() {
        return key.address();
    }

    int keyLength() {
        return require(head).key().length;
    }

    byte[] key() {
        return require(head).key();
    }

    long expiry() {
        return require(head).expiry();
    }

    /** Of the open segment, at the current row. */
    RowCursor cursor() {
        return require(cursor);
    }

    Kind kind() {
        return require(head).kind();
    }

    /** Whether memory has a version of its own of the current key, or knows that it was removed. */
    boolean inMemory() {
        for (var shard : table.shardsOf(key.address(), keyLength())) {
            shard.lock();
            try {
                if (shard.records().hasOwnVersion(key.address(), keyLength())) {
                    return true;
                }
            } finally {
                shard.unlock();
            }
        }
        return false;
    }

    /** Whether memory knows that the current key was removed. */
    boolean removed() {
        for (var shard : table.shardsOf(key.address(), keyLength())) {
            shard.lock();
            try {
                var store = shard.records();
                if (store.hasOwnVersion(key.address(), keyLength())) {
                    return store.seek(key.address(), keyLength(), clock.epochMillis()) == Kind.ABSENT;
                }
            } finally {
                shard.unlock();
            }
        }
        return false;
    }

    /** Whether a newer segment has the current key too. */
    boolean superseded() {
        return segments.superseded(
                require(entry),
                OffHeap.hash(key.address(), keyLength()),
                require(head).key());
    }

    private static <T> T require(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("a row is asked for before open and seek");
        }
        return part;
    }

    private static void close(TableSegments.@Nullable Entry opened) {
        if (opened != null) {
            opened.segment().unpin();
        }
    }

    @Override
    public void close() {
        close(entry);
        entry = null;
        key.close();
    }
}
