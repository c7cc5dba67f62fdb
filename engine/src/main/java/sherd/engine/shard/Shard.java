package sherd.engine.shard;

import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.lifecycle.Readers;
import sherd.engine.lock.SpinLock;
import sherd.engine.table.LogStore;
import sherd.engine.table.RecordStore;

/**
 * A half-open interval of positions of one table, with the rows in it and the lock that guards them.
 *
 * <p>Whoever changes rows appends the changes to the commit log before letting go of the lock: then the log has the
 * changes of a shard in the order in which they happened. Several shards are locked in the order of
 * {@link #compareTo}.
 */
public final class Shard implements Comparable<Shard>, AutoCloseable {
    /** What a shard keeps, by the kind of its table. */
    public sealed interface Rows {}

    public record Records(RecordStore store) implements Rows {}

    public record Log(LogStore store) implements Rows {}

    private final int table;
    private final int id;
    private final Rows rows;
    /** The same as in {@link #rows} if they are records: one step nearer on the way to a row. */
    private final @Nullable RecordStore records;

    private final Readers readers;

    private final SpinLock lock = new SpinLock();

    public Shard(int table, int id, Rows rows, Readers readers) {
        this.table = table;
        this.id = id;
        this.rows = rows;
        this.readers = readers;
        this.records = rows instanceof Records(var store) ? store : null;
    }

    public int table() {
        return table;
    }

    public int id() {
        return id;
    }

    public Rows rows() {
        return rows;
    }

    public void lock() {
        lock.lock();
    }

    public void unlock() {
        lock.unlock();
    }

    public boolean heldByMe() {
        return lock.heldByMe();
    }

    public RecordStore records() {
        if (records != null) {
            return records;
        }
        throw new StoreException(ErrorCode.INVALID_ARGUMENT, "rows of a log table have no key: table id=" + table);
    }

    public LogStore log() {
        if (rows instanceof Log(var store)) {
            return store;
        }
        throw new StoreException(
                ErrorCode.INVALID_ARGUMENT, "rows of a record table are put by key, not appended: table id=" + table);
    }

    /** Who has read old rows here. */
    public Readers readers() {
        return readers;
    }

    /** Makes a key current; a row that is there and old has been read, except a copy of what segments have. */
    public Kind seek(long key, int length, long hash, long now, int reader) {
        var store = records();
        var kind = store.seek(key, length, hash, now);
        if (kind != Kind.ABSENT && reader != Readers.NOBODY && readers.counts(store.written() * 1000L, now)) {
            noteRead(store, hash, now, reader);
        }
        return kind;
    }

    private void noteRead(RecordStore store, long hash, long now, int reader) {
        if (!RecordStore.isCached(store.current())) {
            readers.note(hash, reader, now);
        }
    }

    @Override
    public int compareTo(Shard other) {
        return table != other.table ? Integer.compare(table, other.table) : Integer.compare(id, other.id);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return 31 * table + id;
    }

    @Override
    public void close() {
        lock();
        try {
            switch (rows) {
                case Records(var store) -> store.close();
                case Log(var store) -> store.close();
            }
            readers.close();
        } finally {
            unlock();
        }
    }
}
