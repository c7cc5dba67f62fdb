package sherd.engine.table;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.index.KeyIndex;
import sherd.engine.memory.LentBytes;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;
import sherd.engine.memory.StagedBlock;
import sherd.engine.schema.Column;
import sherd.engine.version.VersionVector;

/**
 * One shard's rows of a record table: records in a heap, found through an index. Not thread-safe; the shard's lock
 * guards it.
 *
 * <p>A key is made current by {@link #seek}; the other methods look at it or change it, and it stays current. What a
 * segment also has is marked: a record that shadows an archived row leaves a tombstone when removed, so that the old
 * row does not come back; a cached copy of an archived row may be dropped.
 *
 * <p>Counters never repeat: the counter of a removal, one above its row's, goes to {@link #graves}, and new rows start
 * above it, so a version that a client knows from before, or of the removal, never matches a later row.
 */
public final class RecordStore implements AutoCloseable {
    private final CurrentRecord current;
    private final KeyIndex index;
    private final HashFields fields;
    private final @Nullable RowColumns rows;
    private final Tidying tidying;
    private long tidyCursor;

    /** @param columns of a table of rows, or null for free-form keys */
    public RecordStore(int shardId, SlabPool pool, @Nullable List<Column> columns) {
        current = new CurrentRecord(shardId, pool, this::release);
        index = current.index();
        fields = new HashFields(current);
        tidying = new Tidying(current.heap());
        rows = columns == null ? null : new RowColumns(columns, current.heap());
    }

    /** Rows that are here and not copies of archived ones. */
    public long liveRows() {
        return current.liveRows();
    }

    /** Keys here, removed ones included, that have an older version in a segment. */
    public long shadowing() {
        return current.shadowing();
    }

    public long heldBytes() {
        return current.heap().heldBytes();
    }

    /** What of {@link #heldBytes} is in blocks of no row, key or field: room for more of the same size. */
    public long unusedBytes() {
        return current.heap().heldBytes() - current.heap().usedBytes();
    }

    /** No removed row of this shard had a higher counter. */
    public long graves() {
        return current.graves();
    }

    public void raiseGraves(long counter) {
        current.raiseGraves(counter);
    }

    // Looking

    /** The hash of a key that {@link #seek(long, int, long, long)} takes. */
    public static long hash(long key, int length) {
        return CurrentRecord.hash(key, length);
    }

    /** For {@link KeyIndex#hintBucket}. */
    public KeyIndex index() {
        return index;
    }

    /** Makes a key current; an expired row is removed first. */
    public Kind seek(long keyAddress, int length, long now) {
        return seek(keyAddress, length, hash(keyAddress, length), now);
    }

    /** The same with the key's hash known. */
    public Kind seek(long keyAddress, int length, long keyHash, long now) {
        long record = current.seek(keyAddress, length, keyHash);
        if (record != 0 && isExpired(record, now)) {
            remove();
        }
        return kind();
    }

    public Kind kind() {
        return current.address() == 0 ? Kind.ABSENT : kind(current.address());
    }

    /** Nothing is known here of the current key, so a segment may have it. */
    public boolean unknown() {
        return current.address() == 0;
    }

    public long expiresAt() {
        return current.expiry();
    }

    public long counter() {
        return current.address() == 0 ? 0 : RecordLayout.counter(current.address());
    }

    public VersionVector vector() {
        return current.present() ? RecordLayout.vector(current.address(), current.shardId()) : VersionVector.EMPTY;
    }

    /** The counter that the next write of the current key gets. */
    public long nextCounter() {
        return Math.max(counter(), current.present() ? 0 : current.graves()) + 1;
    }

    public long valueAddress() {
        return RecordLayout.value(current.address());
    }

    public int valueLength() {
        return RecordLayout.valueLength(current.address());
    }

    public int written() {
        return RecordLayout.written(current.address());
    }

    public long current() {
        return current.address();
    }

    public long currentKey() {
        return current.key();
    }

    public int currentKeyLength() {
        return current.keyLength();
    }

    // Strings

    /** Creates or replaces the current key's row with a string. */
    public void putString(long value, int length, long expiry, long counter, int written) {
        current.place(RecordLayout.STRING, length, 0, expiry, counter, written);
        OffHeap.copy(value, valueAddress(), length);
    }

    /** The same with the value where it will stay, if it can; the source is only read if not. */
    public void putString(StagedBlock staged, long value, int length, long expiry, long counter, int written) {
        if (!current.placeStaged(staged, length, expiry, counter, written)) {
            OffHeap.copy(value, valueAddress(), length);
        }
    }

    /** Lends bytes of the current string; null if they are too few for that. */
    public @Nullable LentBytes lend(long address, int length) {
        return current.lend(address, length);
    }

    /** Overwrites a range of the current string, growing it with zero bytes; creates it if absent. */
    public void writeString(int offset, long bytes, int length, long counter, int written) {
        boolean isString = kind() == Kind.STRING;
        int before = isString ? valueLength() : 0;
        int after = Math.max(before, offset + length);
        boolean inPlace = isString
                && !current.lent()
                && (before == after || (!isCached(current.address()) && current.resizes(after, counter)));
        if (inPlace) {
            current.touch(counter, written);
            if (before != after) {
                RecordLayout.setValueLength(current.address(), after);
            }
        } else {
            long fresh = current.fresh(
                    RecordLayout.STRING, after, 0, isString ? expiresAt() : -1, counter, written, current.dots());
            if (before > 0) {
                OffHeap.copy(valueAddress(), RecordLayout.value(fresh), before);
            }
            current.adopt(fresh);
        }
        if (offset > before) {
            OffHeap.fill(valueAddress() + before, offset - before, (byte) 0);
        }
        OffHeap.copy(bytes, valueAddress() + offset, length);
    }

    // Rows

    /** Creates or replaces it with a row in the form of {@link sherd.engine.command.RowLayout}. */
    public void putRow(long row, long expiry, long counter, int written) {
        var columns = columns();
        boolean wasRow = current.form() == RecordLayout.ROW;
        int slot = wasRow ? RecordLayout.detail(current.address()) : columns.addRow();
        if (slot < 0) {
            throw current.outOfMemory(0);
        }
        try {
            current.place(RecordLayout.ROW, columns.variableBytes(row), slot, expiry, counter, written);
        } catch (StoreException e) {
            if (!wasRow) {
                columns.removeRow(slot);
            }
            throw e;
        }
        columns.write(row, slot, valueAddress());
    }

    /** The current row as {@link sherd.engine.command.RowLayout} at the start of {@code out}; returns its length. */
    public int readRow(Region out) {
        return columns().read(RecordLayout.detail(current.address()), valueAddress(), valueLength(), out);
    }

    private RowColumns columns() {
        if (rows == null) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "no columns in a table of free-form keys");
        }
        return rows;
    }

    // Hashes

    /** Creates or replaces it with a hash of fields in {@link FieldList}'s form. */
    public void putFields(long list, int listBytes, int count, long expiry, long counter, int written) {
        fields.putAll(list, listBytes, count, expiry, counter, written);
    }

    public int fieldCount() {
        return fields.count();
    }

    /** The field of that name in {@link FieldList}'s form, or 0. */
    public long findField(long name, int length) {
        return fields.find(name, length);
    }

    /** Sets a field of the current hash, creating the hash if absent; true if the field is new. */
    public boolean putField(long name, int nameLength, long value, int valueLength, long counter, int written) {
        return fields.put(name, nameLength, value, valueLength, counter, written);
    }

    /** Removes a field; the last one takes the key with it. True if it was there. */
    public boolean removeField(long name, int length, long counter, int written) {
        long field = fields.find(name, length);
        if (field == 0) {
            return false;
        }
        if (fields.count() == 1) {
            remove(counter, written);
        } else {
            fields.remove(field, name, length, counter, written);
        }
        return true;
    }

    /** All fields of the current hash in {@link FieldList}'s form at an offset of {@code out}; returns their bytes. */
    public int readFields(Region out, long offset) {
        return fields.read(out, offset);
    }

    // Any form

    /** Gives the current row a vector whose own entry is its counter; replaces other dots. */
    public void setDots(VersionVector vector) {
        long record = current.address();
        boolean others = vector.size() > (vector.counter(current.shardId()) > 0 ? 1 : 0);
        if (others || RecordLayout.dots(record) > 0) {
            current.rewrite(expiresAt(), counter(), written(), vector);
        }
    }

    /** Dots of the current row beside this shard's own. */
    public int otherDots() {
        return current.address() == 0 ? 0 : RecordLayout.dots(current.address());
    }

    /** Copies them as shard (int) and counter (long) each. */
    public void copyDots(long target) {
        OffHeap.copy(RecordLayout.dot(current.address(), 0), target, otherDots() * 12L);
    }

    /** Sets or (-1) clears the expiry of the current row; its version stays. */
    public void expire(long expiry) {
        long record = current.address();
        boolean had = RecordLayout.expiry(record) >= 0;
        if (had && expiry >= 0) {
            RecordLayout.setExpiry(record, expiry);
            current.claim();
        } else if (had || expiry >= 0) {
            current.rewrite(expiry, counter(), written(), current.dots());
        }
    }

    /** Removes the current row; true if there was one. What a segment still has is covered by a tombstone. */
    public boolean remove() {
        return current.present() && remove(counter(), written());
    }

    private boolean remove(long counter, int written) {
        current.raiseGraves(counter + 1); // a removal is a version, too: DELIFMATCH returns it
        if (isCached(current.address()) || shadows(current.address())) {
            current.bury(counter, written);
        } else {
            current.drop();
        }
        return true;
    }

    // What segments say

    /**
     * Takes over what a segment says of the current, unknown key, as a copy that may be dropped. If not {@code present}
     * the segments turned out not to have it, which is remembered too.
     */
    public void markCached(boolean present) {
        if (present) {
            current.disclaim();
        } else {
            current.noteAbsence();
        }
    }

    /** The current key, absent here, is removed although a segment has it (replay of a removal). */
    public void buryArchived(long counter) {
        current.raiseGraves(counter);
        current.bury(counter, 0);
    }

    /** A segment has a copy of the current record now, so that removing it must leave a tombstone. */
    public void markShadowing() {
        current.markShadowing();
    }

    /** No segment has the current key any more: a tombstone or a copy goes, and a row need not leave a tombstone. */
    public void uncover() {
        if (isCached(current.address()) || isTombstone(current.address())) {
            drop();
        } else {
            current.clearShadowing();
        }
    }

    /** Forgets the current record if it is a copy of what segments say. */
    public void dropCopy() {
        if (isCached(current.address())) {
            drop();
        }
    }

    /** Whether the key has a row or a tombstone here that is not a copy of what segments say. */
    public boolean hasOwnVersion(long keyAddress, int length) {
        long found = current.index().find(hash(keyAddress, length), keyAddress, length);
        return found != 0 && !isCached(found);
    }

    /** Drops all copies of archived rows. */
    public void dropCopies() {
        var met = new ArrayList<Long>();
        current.index().forEach(found -> {
            if (isCached(found)) {
                met.add(found);
            }
        });
        for (long found : met) {
            enter(found);
            drop();
        }
    }

    /** Forgets the current record without a trace: its row now lives in a segment alone, or it was a copy. */
    public void drop() {
        current.drop();
    }

    // Walking

    /** Visits a few records; see {@link KeyIndex#scan}. */
    public long scan(long cursor, KeyIndex.Visitor visitor) {
        return current.index().scan(cursor, visitor);
    }

    /** Makes the record met in a walk current; its key is the record's own copy, good until it is changed. */
    public void enter(long met) {
        current.enter(met);
    }

    /** Makes the record met in a walk current to be read, until another key is made current; it must not be changed. */
    public void look(long met) {
        current.look(met);
    }

    /** Whether {@link #tidySome} has anything to look at. */
    public boolean untidy(long now) {
        tidying.begin(now);
        return current.expiring() != 0 || tidying.settles();
    }

    /**
     * Removes rows whose time has passed, and moves records out of slabs that are far from full if there is much to gain,
     * as far as the next few steps of a walk go; goes on there the next time. False at the end of the walk.
     */
    public boolean tidySome(long now, int steps) {
        if (!untidy(now)) {
            return false;
        }
        for (int i = 0; i < steps; i++) {
            tidyCursor = scan(tidyCursor, tidying);
            if (tidyCursor == 0) {
                break;
            }
        }
        for (int i = 0; i < tidying.count(); i++) {
            enter(tidying.record(i));
            if (isExpired(current.address(), now)) {
                remove();
            } else {
                current.settle();
            }
        }
        return tidyCursor != 0;
    }

    public static boolean isLive(long record, long now) {
        return !isTombstone(record) && !isExpired(record, now);
    }

    /** Neither here nor there for a checkpoint: a copy of what a segment has, or of its silence. */
    public static boolean isCached(long record) {
        return (RecordLayout.flags(record) & RecordLayout.CACHED) != 0;
    }

    public static boolean isTombstone(long record) {
        return RecordLayout.form(record) == RecordLayout.TOMBSTONE;
    }

    public static boolean shadows(long record) {
        return (RecordLayout.flags(record) & RecordLayout.SHADOWS) != 0;
    }

    public static int written(long record) {
        return RecordLayout.written(record);
    }

    public static long writtenMillis(long record) {
        return written(record) * 1000L;
    }

    /** The hash of a record's key, which also leads to its readers: {@link sherd.engine.lifecycle.Readers#count}. */
    public static long keyHash(long record) {
        return hash(keyAddress(record), keyLength(record));
    }

    public static boolean isExpired(long record, long now) {
        return (RecordLayout.flags(record) & RecordLayout.EXPIRES) != 0 && RecordLayout.expiry(record) <= now;
    }

    public static long keyAddress(long record) {
        return RecordLayout.key(record);
    }

    public static int keyLength(long record) {
        return RecordLayout.keyLength(record);
    }

    public static Kind kind(long record) {
        return switch (RecordLayout.form(record)) {
            case RecordLayout.STRING -> Kind.STRING;
            case RecordLayout.FIELDS, RecordLayout.BIG_HASH -> Kind.HASH;
            case RecordLayout.ROW -> Kind.ROW;
            default -> Kind.ABSENT;
        };
    }

    private void release(long record) {
        switch (RecordLayout.form(record)) {
            case RecordLayout.BIG_HASH -> fields.release(record);
            case RecordLayout.ROW -> columns().removeRow(RecordLayout.detail(record));
            default -> {}
        }
    }

    /** Removes everything. Graves stay. */
    public void clear() {
        current.clear();
        if (rows != null) {
            rows.close();
        }
        fields.clear();
    }

    @Override
    public void close() {
        clear();
        current.close();
    }
}
