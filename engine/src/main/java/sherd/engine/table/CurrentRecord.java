package sherd.engine.table;

import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.index.KeyIndex;
import sherd.engine.memory.LentBytes;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;
import sherd.engine.memory.SlabPool;
import sherd.engine.memory.StagedBlock;
import sherd.engine.schema.Position;
import sherd.engine.version.VersionVector;

/**
 * The record of the key that is current in a shard: it is found here, made room for, replaced and forgotten, and the
 * counts of rows are kept. What the bytes of a value mean is for others to know.
 */
final class CurrentRecord implements AutoCloseable {
    private static final KeyIndex.Keys KEYS = new KeyIndex.Keys() {
        @Override
        public boolean matches(long record, long key, int length) {
            return RecordLayout.keyLength(record) == length && OffHeap.equal(RecordLayout.key(record), key, length);
        }

        @Override
        public long hash(long record) {
            return CurrentRecord.hash(RecordLayout.key(record), RecordLayout.keyLength(record));
        }
    };

    private final int shardId;
    private final RecordHeap heap;
    private final KeyIndex index;
    private final Holdings holdings;

    private long key;
    private int keyLength;
    private long hash;
    /** The record of the current key in whatever form, or 0. */
    private long record;

    private long liveRows;
    private long shadowing;
    private long expiring;
    private long graves;

    /** Frees what a record holds beside its own bytes. */
    @FunctionalInterface
    interface Holdings {
        void release(long record);
    }

    CurrentRecord(int shardId, SlabPool pool, Holdings holdings) {
        this.shardId = shardId;
        this.holdings = holdings;
        heap = new RecordHeap(pool, MemoryBudget.Purpose.RECORDS);
        index = new KeyIndex(heap, KEYS);
    }

    static long hash(long key, int length) {
        return OffHeap.hash(key, length) >>> Position.SLOT_BITS;
    }

    RecordHeap heap() {
        return heap;
    }

    KeyIndex index() {
        return index;
    }

    int shardId() {
        return shardId;
    }

    long liveRows() {
        return liveRows;
    }

    long shadowing() {
        return shadowing;
    }

    /** Records with an expiry. */
    long expiring() {
        return expiring;
    }

    long graves() {
        return graves;
    }

    void raiseGraves(long counter) {
        graves = Math.max(graves, counter);
    }

    /** Makes a key current and returns its record, or 0. */
    long seek(long keyAddress, int length, long keyHash) {
        key = keyAddress;
        keyLength = length;
        hash = keyHash;
        record = index.find(keyHash, keyAddress, length);
        return record;
    }

    /** Makes a record met in a walk current. */
    void enter(long met) {
        long metKey = RecordLayout.key(met);
        int length = RecordLayout.keyLength(met);
        seek(metKey, length, hash(metKey, length));
    }

    /** Makes a record met in a walk current for reading: its place in the index is not looked up. */
    void look(long met) {
        key = RecordLayout.key(met);
        keyLength = RecordLayout.keyLength(met);
        hash = 0;
        record = met;
    }

    /** The record, or 0. */
    long address() {
        return record;
    }

    long key() {
        return record == 0 ? key : RecordLayout.key(record);
    }

    int keyLength() {
        return keyLength;
    }

    int form() {
        return record == 0 ? 0 : RecordLayout.form(record);
    }

    /** Whether there is a row, as opposed to nothing or a tombstone. */
    boolean present() {
        return record != 0 && RecordLayout.form(record) != RecordLayout.TOMBSTONE;
    }

    long expiry() {
        return record == 0 ? -1 : RecordLayout.expiry(record);
    }

    VersionVector dots() {
        return record != 0 && RecordLayout.dots(record) > 0
                ? RecordLayout.vector(record, shardId)
                : VersionVector.EMPTY;
    }

    /** Makes room for a value, in place if it can be; its bytes are the caller's to fill in. */
    void place(int form, long valueLength, int detail, long expiry, long counter, int written) {
        if (record != 0 && fits(form, valueLength, expiry, counter)) {
            RecordLayout.setValueLength(record, (int) valueLength);
            if (expiry >= 0) {
                RecordLayout.setExpiry(record, expiry);
            }
            RecordLayout.setState(record, counter, written);
            if (form == RecordLayout.ROW) {
                RecordLayout.setDetail(record, detail);
            }
            return;
        }
        adopt(fresh(form, valueLength, detail, expiry, counter, written, dots()));
    }

    private boolean fits(int form, long valueLength, long expiry, long counter) {
        int flags = RecordLayout.flags(record);
        return RecordLayout.form(record) == form
                && (form == RecordLayout.STRING || form == RecordLayout.ROW)
                && (flags & RecordLayout.CACHED) == 0
                && (flags & RecordLayout.EXPIRES) != 0 == expiry >= 0
                && !lent()
                && resizes(valueLength, counter);
    }

    /** Whether somebody relies on the bytes of the current value. */
    boolean lent() {
        return RecordHeap.lent(record, RecordLayout.bytes(record));
    }

    /** Lends bytes of the current value; null if they are too few for that. */
    @Nullable
    LentBytes lend(long address, int length) {
        return heap.lend(record, RecordLayout.bytes(record), address, length);
    }

    /** Whether the record's block and header have room for that value and counter. */
    boolean resizes(long valueLength, long counter) {
        int before = RecordLayout.valueLength(record);
        if (valueLength == before) {
            return RecordLayout.holds(record, counter);
        }
        long bytes = RecordLayout.bytes(record);
        return RecordLayout.holds(record, counter)
                && RecordLayout.holdsLength(record, valueLength)
                && RecordHeap.sameBlock(bytes, bytes + valueLength - before);
    }

    /** Puts a string in the place of the current row whose value is in memory already; false if it does not fit there. */
    boolean placeStaged(StagedBlock staged, int valueLength, long expiry, long counter, int written) {
        long fresh = fresh(RecordLayout.STRING, valueLength, 0, expiry, counter, written, dots(), staged);
        adopt(fresh);
        return RecordLayout.value(fresh) + valueLength == staged.end();
    }

    long fresh(int form, long valueLength, int detail, long expiry, long counter, int written, VersionVector vector) {
        return fresh(form, valueLength, detail, expiry, counter, written, vector, null);
    }

    /**
     * A record of the current key, with its key but no value yet, that nothing points to.
     *
     * @param staged memory to take for it, if it fits there, with the value in it
     */
    private long fresh(
            int form,
            long valueLength,
            int detail,
            long expiry,
            long counter,
            int written,
            VersionVector vector,
            @Nullable StagedBlock staged) {
        int dots = vector.size() - (vector.counter(shardId) > 0 ? 1 : 0);
        int flags = keptFlags() | (expiry >= 0 ? RecordLayout.EXPIRES : 0) | (dots > 0 ? RecordLayout.DOTS : 0);
        long bytes = RecordLayout.bytes(form, flags, keyLength, valueLength, counter, dots);
        long adopted = staged == null ? 0 : heap.adopt(staged, bytes);
        long fresh = adopted != 0 ? adopted : heap.allocate(bytes);
        if (fresh == 0) {
            throw outOfMemory(bytes);
        }
        RecordLayout.write(fresh, form, flags, keyLength, (int) valueLength, counter, written, detail);
        if (expiry >= 0) {
            RecordLayout.setExpiry(fresh, expiry);
        }
        if (dots > 0) {
            RecordLayout.writeDots(fresh, vector, shardId);
        }
        OffHeap.copy(key(), RecordLayout.key(fresh), keyLength);
        return fresh;
    }

    /** What a new record of the current key inherits: whether a segment has an older version. */
    private int keptFlags() {
        if (record == 0) {
            return 0;
        }
        int flags = RecordLayout.flags(record);
        boolean cachedRow = (flags & RecordLayout.CACHED) != 0 && RecordLayout.form(record) != RecordLayout.TOMBSTONE;
        return cachedRow || (flags & RecordLayout.SHADOWS) != 0 ? RecordLayout.SHADOWS : 0;
    }

    /** Writes the record anew with the same value and other trimmings. */
    void rewrite(long expiry, long counter, int written, VersionVector vector) {
        int length = RecordLayout.valueLength(record);
        long fresh =
                fresh(RecordLayout.form(record), length, RecordLayout.detail(record), expiry, counter, written, vector);
        OffHeap.copy(RecordLayout.value(record), RecordLayout.value(fresh), length);
        adopt(fresh);
    }

    /** Gives the record another version; it may move, and nothing has changed when there is no memory for that. */
    void touch(long counter, int written) {
        if (!RecordLayout.holds(record, counter)) {
            rewrite(RecordLayout.expiry(record), counter, written, dots());
            return;
        }
        RecordLayout.setState(record, counter, written);
        claim();
    }

    /** A cached copy that is written to becomes a row of its own, which shadows the archived one. */
    void claim() {
        int flags = RecordLayout.flags(record);
        if ((flags & RecordLayout.CACHED) != 0) {
            RecordLayout.setFlags(record, (flags & ~RecordLayout.CACHED) | RecordLayout.SHADOWS);
            liveRows++;
            shadowing++;
        }
    }

    /** The row becomes a copy of what a segment says. */
    void disclaim() {
        RecordLayout.setFlags(record, (RecordLayout.flags(record) & ~RecordLayout.SHADOWS) | RecordLayout.CACHED);
        liveRows--;
    }

    void markShadowing() {
        int flags = RecordLayout.flags(record);
        if ((flags & RecordLayout.SHADOWS) == 0) {
            RecordLayout.setFlags(record, flags | RecordLayout.SHADOWS);
            shadowing++;
        }
    }

    void clearShadowing() {
        int flags = RecordLayout.flags(record);
        if ((flags & RecordLayout.SHADOWS) != 0) {
            RecordLayout.setFlags(record, flags & ~RecordLayout.SHADOWS);
            shadowing--;
        }
    }

    /** Replaces the current record, live or not, by a tombstone that covers what a segment has. */
    void bury(long counter, int written) {
        adopt(tombstone(RecordLayout.SHADOWS, counter, written, true));
    }

    /** Remembers that no segment has the current, unknown key. */
    void noteAbsence() {
        adopt(tombstone(RecordLayout.CACHED, graves, 0, false));
    }

    private long tombstone(int flags, long counter, int written, boolean overBudget) {
        long bytes = RecordLayout.bytes(RecordLayout.TOMBSTONE, flags, keyLength, 0, counter, 0);
        long fresh = overBudget ? heap.allocateAlways(bytes) : heap.allocate(bytes);
        if (fresh == 0) {
            throw outOfMemory(bytes);
        }
        RecordLayout.write(fresh, RecordLayout.TOMBSTONE, flags, keyLength, 0, counter, written, 0);
        OffHeap.copy(key(), RecordLayout.key(fresh), keyLength);
        return fresh;
    }

    /** Puts a finished record in the place of the current one, and frees that. */
    void adopt(long fresh) {
        long old = record;
        if (old == 0) {
            if (!index.insert(hash, fresh)) {
                long bytes = RecordLayout.bytes(fresh);
                heap.free(fresh, bytes);
                throw outOfMemory(bytes);
            }
        } else {
            index.replaceFound(fresh);
            account(old, -1);
            if (RecordLayout.form(old) != RecordLayout.form(fresh)
                    || RecordLayout.detail(old) != RecordLayout.detail(fresh)) {
                holdings.release(old);
            }
            heap.free(old, RecordLayout.bytes(old));
        }
        record = fresh;
        account(fresh, 1);
    }

    /** Forgets the current record without a trace. */
    void drop() {
        long old = record;
        index.removeFound();
        record = 0;
        account(old, -1);
        holdings.release(old);
        heap.free(old, RecordLayout.bytes(old));
    }

    /** The record moves to where its memory is better used; nothing else changes. */
    void settle() {
        long moved = heap.settle(record, RecordLayout.bytes(record));
        if (moved != record) {
            index.replaceFound(moved);
            record = moved;
        }
    }

    private void account(long of, int sign) {
        int flags = RecordLayout.flags(of);
        if ((flags & RecordLayout.CACHED) == 0 && RecordLayout.form(of) != RecordLayout.TOMBSTONE) {
            liveRows += sign;
        }
        if ((flags & RecordLayout.SHADOWS) != 0) {
            shadowing += sign;
        }
        if ((flags & RecordLayout.EXPIRES) != 0) {
            expiring += sign;
        }
    }

    /** Removes everything. Graves stay. */
    void clear() {
        index.forEach(met -> {
            raiseGraves(RecordLayout.counter(met));
            holdings.release(met);
            heap.free(met, RecordLayout.bytes(met));
        });
        index.close();
        record = 0;
        liveRows = 0;
        expiring = 0;
        shadowing = 0;
    }

    @Override
    public void close() {
        heap.close();
    }

    StoreException outOfMemory(long bytes) {
        return new StoreException(
                ErrorCode.OUT_OF_MEMORY,
                "no memory for the row: bytes=" + bytes + " shard=" + shardId
                        + "; remove or archive rows, or raise memory-limit");
    }
}
