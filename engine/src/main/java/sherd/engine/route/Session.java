package sherd.engine.route;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationBatch;
import sherd.engine.command.MutationLayout;
import sherd.engine.command.RowLayout;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.SlabPool;
import sherd.engine.shard.Shard;
import sherd.engine.table.RecordStore;
import sherd.engine.time.Clock;
import sherd.engine.version.Guard;
import sherd.engine.version.VersionVector;

/**
 * One thread's way to rows. Not thread-safe: one per I/O thread, or per request elsewhere.
 *
 * <p>A unit of work: begin, name the keys, lock, then look and change, then commit.
 *
 * <pre>{@code
 * session.begin();
 * session.addKey(key, keyLength);
 * if (!session.lock()) {                        // a key may be in segments only; nothing is locked
 *     session.warm(this::runAgainFromBegin, workers);
 *     return;
 * }
 * try {
 *     if (session.seek(key, keyLength) == Kind.ABSENT) {
 *         session.putString(value, length, Session.NEVER);
 *     }
 * } finally {
 *     lsn = session.commit();                   // unlocks; all changes are one atomic batch of the commit log
 * }
 * }</pre>
 *
 * <p>Nothing is rolled back: check first, then change. A change that fails with OUT_OF_MEMORY has changed nothing;
 * earlier ones of the unit stay and are logged. Addresses are native ({@link OffHeap}); those passed in must hold
 * during the call, those handed out hold until the next change or commit.
 */
@SuppressWarnings("ReferenceEquality") // a shard and a table are themselves
public final class Session implements AutoCloseable {
    /** No expiry. */
    public static final long NEVER = -1;

    private final Tables tables;
    private final CommitLog log;
    private final Clock clock;
    private final SlabPool pool;
    private final WorkUnit unit;
    private final RoutedKeys run = new RoutedKeys();
    private final Fields fields;
    private final MutationBatch mutations;
    private final RowEncoder encoder;
    private List<WorkUnit.ColdKey> cold = List.of();
    private long now;
    private int reader;

    private @Nullable ShardedTable table;
    private @Nullable Shard shard;
    private @Nullable RecordStore store;
    private long key;
    private int keyLength;
    private int enteredLength;

    /** The shard that stays locked from one unit of a run to the next. */
    private @Nullable Shard held;
    /** The key of a run that is current, as the caller names it. */
    private long enteredKey;

    public Session(Tables tables, CommitLog log, Clock clock, SlabPool pool) {
        this.tables = tables;
        this.log = log;
        this.clock = clock;
        this.pool = pool;
        var budget = pool.budget();
        unit = new WorkUnit(pool);
        encoder = new RowEncoder(budget);
        fields = new Fields(this, budget);
        mutations = new MutationBatch(budget);
    }

    public void begin() {
        unit.clear();
        cold = List.of();
        now = clock.epochMillis();
    }

    /** Whose units of work these are from now on, by {@link sherd.engine.lifecycle.Readers#idOf}; at first nobody's. */
    public void readBy(int id) {
        reader = id;
    }

    /** Epoch milliseconds, fixed at {@link #begin}. */
    public long now() {
        return now;
    }

    /** A plain key, or {@code TABLE:KEY} of a record table of database {@code default}. */
    public void addKey(long address, int length) {
        var addressed = tables.addressedBy(address, length);
        if (addressed == null) {
            unit.addKey(tables.keyValue(), address, length);
        } else {
            int skip = addressed.definition().name().table().length() + 1;
            unit.addKey(addressed, address + skip, length - skip);
        }
    }

    /** A row of a record table by its key text; see {@link ShardedTable#keyOf}. */
    public void addKey(ShardedTable of, long address, int length) {
        unit.addKey(of, address, length);
    }

    /** Every shard of a table. */
    public void addAllKeys(ShardedTable of) {
        unit.addAll(of);
    }

    /** Locks what was added; false, with nothing locked, if some keys must be fetched first ({@link #warm}). */
    public boolean lock() {
        unit.lock();
        cold = unit.coldKeys(now);
        if (!cold.isEmpty()) {
            unit.unlock();
            return false;
        }
        return true;
    }

    public boolean locked() {
        return unit.locked() || held != null;
    }

    // A run: units of one key each, whose keys are known beforehand

    /** Begins a run; then name the keys, {@link #touch}, and for each in turn {@link #enter}, work, {@link #commit}. */
    public void beginRun() {
        run.clear();
        now = clock.epochMillis();
    }

    /**
     * Names the key of the next unit; it must stay where it is. False if its table does not tell the shard by the key: then
     * the unit is not one for a run.
     */
    public boolean expect(long address, int length) {
        var addressed = tables.addressedBy(address, length);
        if (addressed == null) {
            run.add(tables.keyValue(), address, length);
            return true;
        }
        int skip = addressed.definition().name().table().length() + 1;
        if (addressed.floating()) {
            return false;
        }
        run.add(addressed, address + skip, length - skip);
        return true;
    }

    /** Brings the memory of all expected keys on its way. */
    public void touch() {
        run.touch(pool);
    }

    /** Locks the shard of an expected key ahead of {@link #enter}; false if it is locked already. */
    public boolean hold(int index) {
        var home = Objects.requireNonNull(run.shard(index));
        if (home == held) {
            return false;
        }
        endRun();
        home.lock();
        held = home;
        return true;
    }

    /**
     * Locks the shard of an expected key and makes the key current, so that {@link #seek} of the same bytes costs nothing.
     * False, with nothing locked, if the key must be fetched first ({@link #warm}).
     *
     * @param address of the key as it was given to {@link #expect}
     */
    public boolean enter(int index, long address, int length) {
        var _ = hold(index);
        var home = Objects.requireNonNull(held);
        var of = run.table(index);
        if (of.dropped()) {
            endRun();
            throw WorkUnit.dropped(of);
        }
        table = of;
        shard = home;
        store = home.records();
        key = run.address(index);
        keyLength = run.length(index);
        fields.forget();
        home.seek(key, keyLength, run.hash(index), now, reader);
        if (store.unknown() && of.archived().rows() != 0 && WorkUnit.isCold(run, index, now)) {
            cold = List.of(WorkUnit.ColdKey.of(run, index));
            endRun();
            return false;
        }
        enteredKey = address;
        enteredLength = length;
        return true;
    }

    /** Whether the unit of work has something to append to the commit log. */
    public boolean changed() {
        return !mutations.isEmpty();
    }

    /** Lets go of the shard that the last unit of a run has left locked. */
    public void endRun() {
        if (held != null) {
            enteredKey = 0;
            held.unlock();
            held = null;
        }
    }

    /**
     * After {@link #lock} said no: reads the missing keys from their segments on {@code workers}, then calls back there.
     *
     * @param then told null, or what went wrong; after null the unit may be tried again from {@link #begin}
     */
    public void warm(java.util.function.Consumer<@Nullable StoreException> then, Executor workers) {
        var wanted = cold;
        cold = List.of();
        workers.execute(() -> {
            StoreException failure = null;
            try {
                new Warmer(wanted, pool.budget(), clock).run();
            } catch (StoreException e) {
                failure = e;
            }
            then.accept(failure);
        });
    }

    /**
     * Appends what was changed to the commit log and unlocks; within a run the shard stays locked.
     *
     * @return the LSN whose acknowledgement the reply must await, or 0 if nothing changed
     */
    public long commit() {
        try {
            if (mutations.isEmpty()) {
                return 0;
            }
            return log.append(mutations.address(), mutations.bytes());
        } catch (StoreException e) {
            throw new StoreException(
                    ErrorCode.IN_DOUBT,
                    "the write is in memory but not in the commit log (" + e.getMessage()
                            + "); it may be lost at a restart: read it again before you rely on it",
                    e);
        } finally {
            mutations.clear();
            enteredKey = 0;
            if (unit.locked()) {
                table = null;
                shard = null;
                store = null;
                unit.unlock();
            }
        }
    }

    /** Makes a plain key current; an expired row is absent. */
    public Kind seek(long address, int length) {
        if (address == enteredKey && length == enteredLength && held != null) {
            return store().kind();
        }
        var addressed = tables.addressedBy(address, length);
        if (addressed == null) {
            return seek(tables.keyValue(), address, length);
        }
        int skip = addressed.definition().name().table().length() + 1;
        return seek(addressed, address + skip, length - skip);
    }

    public Kind seek(ShardedTable of, long address, int length) {
        table = of;
        key = address;
        keyLength = length;
        fields.forget();
        enteredKey = 0;
        int added = unit.locked() ? unit.indexOf(of, address, length) : -1;
        var home = added >= 0 ? unit.keys().shard(added) : null;
        if (home != null) {
            return enter(home, unit.keys().hash(added));
        }
        home = of.floating() ? WorkUnit.findHome(of, address, length, now) : of.shardOfKey(address, length);
        if (!home.heldByMe()) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "a key was used that was not locked");
        }
        return enter(home, RecordStore.hash(key, keyLength));
    }

    private Kind enter(Shard home, long hash) {
        shard = home;
        store = home.records();
        return home.seek(key, keyLength, hash, now, reader);
    }

    public Kind kind() {
        return store().kind();
    }

    /** Epoch milliseconds, or {@link #NEVER}. */
    public long expiresAt() {
        return store().kind() == Kind.ABSENT ? NEVER : store().expiresAt();
    }

    /** The empty vector for an absent key. */
    public VersionVector vector() {
        return store().vector();
    }

    /** The counter of a row that only the shard which serves it has written; 0 for any other row and for none. */
    public long soleCounter() {
        return kind() == Kind.ABSENT || store().otherDots() > 0 ? 0 : store().counter();
    }

    /** The shard that serves the current key. */
    public int shardId() {
        return shard().id();
    }

    public boolean accepts(Guard guard) {
        return guard.accepts(vector(), shardId());
    }

    /** Another value whenever the row has changed; for WATCH. */
    public long stamp() {
        if (store().kind() == Kind.ABSENT) {
            return 0;
        }
        return (store().counter() * 0x9E3779B97F4A7C15L ^ (store().expiresAt() << 1) ^ shardId()) | 1;
    }

    public long valueAddress() {
        return store().valueAddress();
    }

    public int valueLength() {
        return store().valueLength();
    }

    /** Creates the current key or replaces whatever it held. */
    public void putString(long value, int length, long expiresAt) {
        requireFreeForm("a string");
        long counter = changing().nextCounter();
        store().putString(value, length, expiresAt, counter, seconds());
        logWhole(Kind.STRING, store().valueAddress(), length, 0);
    }

    /**
     * Logs the current row whole. Also the first change of an absent key is logged so: expiry is not logged, so at replay
     * the row that had expired may still be there, and must not shine through.
     */
    void logWhole(Kind kind, long value, int length, int count) {
        target();
        var of = store();
        int dots = of.otherDots();
        mutations.put(kind, key, keyLength, value, length, count, of.expiresAt(), of.counter(), dots);
        if (dots > 0) {
            of.copyDots(MutationLayout.dot(mutations.last(), 0));
        }
    }

    /** Overwrites a range of the string, growing it with zero bytes; keeps the expiry; creates an absent key. */
    public void writeString(int offset, long bytes, int length) {
        requireFreeForm("a string");
        boolean absent = kind() == Kind.ABSENT;
        long counter = changing().nextCounter();
        store().writeString(offset, bytes, length, counter, seconds());
        if (absent) {
            logWhole(Kind.STRING, store().valueAddress(), store().valueLength(), 0);
        } else {
            target();
            mutations.write(key, keyLength, offset, store().valueAddress() + offset, length, counter);
        }
    }

    // Fields of hashes and rows

    public int fieldCount() {
        return fields.count();
    }

    /** True if the field is there (a column: not null); then {@link #fieldValueAddress} has its value, as text. */
    public boolean findField(long name, int length) {
        return fields.find(name, length);
    }

    public long fieldValueAddress() {
        return fields.valueAddress();
    }

    public int fieldValueLength() {
        return fields.valueLength();
    }

    public long fieldNameAddress() {
        return fields.nameAddress();
    }

    public int fieldNameLength() {
        return fields.nameLength();
    }

    /** Sets a field, creating hash or row if absent; a column's value is parsed from text. True if it is new. */
    public boolean putField(long name, int nameLength, long value, int valueLength) {
        return fields.put(name, nameLength, value, valueLength);
    }

    /** Fails where {@link #putField} would refuse this value for this column, and changes nothing. */
    public void checkPutField(long name, int nameLength, long value, int valueLength) {
        fields.checkPut(name, nameLength, value, valueLength);
    }

    /** Fails where {@link #removeField} would refuse, and changes nothing. */
    public void checkRemoveField(long name, int length) {
        fields.checkRemove(name, length);
    }

    /** Removes a field (the last one takes the hash along) or sets a column to null. True if it was there. */
    public boolean removeField(long name, int length) {
        return fields.remove(name, length);
    }

    /** Starts a walk over the fields as they are now; changes do not disturb it. */
    public void firstField() {
        fields.first();
    }

    public boolean nextField() {
        return fields.next();
    }

    // Any kind

    /** Sets or ({@link #NEVER}) clears the expiry. */
    public void expire(long expiresAt) {
        changing().expire(expiresAt);
        target();
        mutations.expire(key, keyLength, expiresAt, store().counter());
    }

    public boolean remove() {
        long counter = store().counter();
        if (!changing().remove()) {
            return false;
        }
        target();
        mutations.remove(key, keyLength, counter);
        return true;
    }

    /** Copies the current row to another locked plain key, replacing what is there; the current key stays current. */
    public void copyTo(long toKey, int toLength, long expiresAt) {
        var kind = kind();
        long fromKey = key;
        int fromLength = keyLength;
        var fromTable = table();
        requireFreeForm("a copy of " + fromTable.definition().name());
        long value = kind == Kind.STRING ? valueAddress() : fields.copyList();
        int length = kind == Kind.STRING ? valueLength() : fields.listBytes();
        int count = kind == Kind.STRING ? 0 : store().fieldCount();
        seek(toKey, toLength);
        if (kind == Kind.STRING) {
            putString(value, length, expiresAt);
        } else {
            requireFreeForm("a hash");
            long counter = changing().nextCounter();
            store().putFields(value, length, count, expiresAt, counter, seconds());
            logWhole(Kind.HASH, value, length, count);
        }
        seek(fromTable, fromKey, fromLength);
    }

    // Rows with columns

    /** The current row's values in schema order; see {@link RowLayout#toObjects}. */
    public @Nullable Object[] row() {
        return RowLayout.toObjects(fields.readRow(), table().definition().columns());
    }

    /** Writes a whole row at the current key, moving it if its shard key says so. */
    public void putRow(@Nullable Object[] values) {
        if (table().floating()) {
            moveTo(table().shardOfRow(values));
        }
        putRow(values, changing().nextCounter(), store().expiresAt());
    }

    private void putRow(@Nullable Object[] values, long counter, long expiry) {
        fields.forget();
        var row = encoder.encode(table().definition(), values);
        long expiresAt = kind() == Kind.ABSENT ? NEVER : expiry;
        store().putRow(row.address(), expiresAt, counter, seconds());
        logWhole(Kind.ROW, row.address(), (int) row.bytes(), 0);
    }

    /** A row whose shard key has changed leaves its shard and brings its vector along. */
    private void moveTo(Shard home) {
        if (home == shard() || kind() == Kind.ABSENT) {
            if (home != shard()) {
                enter(home, RecordStore.hash(key, keyLength));
            }
            return;
        }
        var vector = vector();
        var values = row();
        long expiresAt = expiresAt();
        remove();
        enter(home, RecordStore.hash(key, keyLength));
        long counter = Math.max(changing().nextCounter(), vector.counter(home.id()) + 1) - 1;
        putRow(values, Math.max(1, counter), NEVER);
        store().setDots(vector);
        if (expiresAt != NEVER) {
            store().expire(expiresAt);
        }
    }

    @Override
    public void close() {
        unit.close();
        fields.close();
        mutations.close();
        encoder.close();
    }

    // For Fields

    RecordStore store() {
        return current(store);
    }

    /** The same for a change of the current row. */
    RecordStore changing() {
        log.requireWritable();
        return current(store);
    }

    ShardedTable table() {
        return current(table);
    }

    private Shard shard() {
        return current(shard);
    }

    private static <T> T current(@Nullable T part) {
        if (part == null) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "no key is current");
        }
        return part;
    }

    byte[] currentKey() {
        return OffHeap.toArray(key, keyLength);
    }

    void logPutField(long name, int nameLength, long value, int valueLength) {
        target();
        mutations.putField(key, keyLength, name, nameLength, value, valueLength, store().counter());
    }

    void logRemoveField(long name, int length, long counter) {
        target();
        mutations.removeField(key, keyLength, name, length, counter);
    }

    int seconds() {
        return (int) (now / 1000);
    }

    private void target() {
        mutations.target(table().id(), shard().id(), seconds());
    }

    private void requireFreeForm(String what) {
        if (!table().definition().freeForm()) {
            throw new StoreException(
                    ErrorCode.WRONG_TYPE,
                    what + " cannot be a row of table " + table().definition().name()
                            + "; set its columns as fields (HSET)");
        }
    }
}
