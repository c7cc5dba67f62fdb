package sherd.engine.table;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.index.KeyIndex;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;
import sherd.engine.schema.Column;
import sherd.engine.schema.Position;
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
    /** Beyond this many fields or bytes a hash gets an index of its own. */
    static final int MAX_FIELDS = 128;

    static final int MAX_FIELD_BYTES = 16 << 10;

    private final int shardId;
    private final RecordHeap heap;
    private final KeyIndex index;
    private final @Nullable RowColumns rows;
    private final List<@Nullable BigHash> bigHashes = new ArrayList<>();

    private long key;
    private int keyLength;
    private long hash;
    /** The record of the current key in whatever form, or 0. */
    private long record;

    private long liveRows;
    private long shadowing;
    private long graves;
    private long expiryCursor;

    private static final KeyIndex.Keys KEYS = new KeyIndex.Keys() {
        @Override
        public boolean matches(long record, long key, int length) {
            return RecordLayout.keyLength(record) == length && OffHeap.equal(RecordLayout.key(record), key, length);
        }

        @Override
        public long hash(long record) {
            return RecordStore.hash(RecordLayout.key(record), RecordLayout.keyLength(record));
        }
    };

    /** @param columns of a table of rows, or null for free-form keys */
    public RecordStore(int shardId, SlabPool pool, @Nullable List<Column> columns) {
        this.shardId = shardId;
        heap = new RecordHeap(pool, MemoryBudget.Purpose.RECORDS);
        index = new KeyIndex(heap, KEYS);
        rows = columns == null ? null : new RowColumns(columns, heap);
    }

    /** Rows that are here and not copies of archived ones. */
    public long liveRows() {
        return liveRows;
    }

    /** Keys here, removed ones included, that have an older version in a segment. */
    public long shadowing() {
        return shadowing;
    }

    public long heldBytes() {
        return heap.heldBytes();
    }

    /** No removed row of this shard had a higher counter. */
    public long graves() {
        return graves;
    }

    public void raiseGraves(long counter) {
        graves = Math.max(graves, counter);
    }

    // Looking

    /** The hash of a key that {@link #seek(long, int, long, long)} takes. */
    public static long hash(long key, int length) {
        return OffHeap.hash(key, length) >>> Position.SLOT_BITS;
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
        key = keyAddress;
        keyLength = length;
        hash = keyHash;
        record = index.find(hash, keyAddress, length);
        if (record != 0 && expired(record, now)) {
            remove();
        }
        return kind();
    }

    private static boolean expired(long record, long now) {
        return (RecordLayout.flags(record) & RecordLayout.EXPIRES) != 0 && RecordLayout.expiry(record) <= now;
    }

    public Kind kind() {
        return record == 0 ? Kind.ABSENT : kindOf(record);
    }

    private static Kind kindOf(long record) {
        return switch (RecordLayout.form(record)) {
            case RecordLayout.STRING -> Kind.STRING;
            case RecordLayout.FIELDS, RecordLayout.BIG_HASH -> Kind.HASH;
            case RecordLayout.ROW -> Kind.ROW;
            default -> Kind.ABSENT;
        };
    }

    /** Nothing is known here of the current key, so a segment may have it. */
    public boolean unknown() {
        return record == 0;
    }

    public long expiresAt() {
        return record == 0 ? -1 : RecordLayout.expiry(record);
    }

    public long counter() {
        return record == 0 ? 0 : RecordLayout.counter(record);
    }

    public VersionVector vector() {
        return kind() == Kind.ABSENT ? VersionVector.EMPTY : RecordLayout.vector(record, shardId);
    }

    /** The counter that the next write of the current key gets. */
    public long nextCounter() {
        return Math.max(counter(), kind() == Kind.ABSENT ? graves : 0) + 1;
    }

    public long valueAddress() {
        return RecordLayout.value(record);
    }

    public int valueLength() {
        return RecordLayout.valueLength(record);
    }

    public int written() {
        return RecordLayout.written(record);
    }

    // Whole values

    /** Creates or replaces the current key's row with a string. */
    public void putString(long value, int length, long expiry, long counter, int written) {
        place(RecordLayout.STRING, length, 0, expiry, counter, written, dots());
        OffHeap.copy(value, RecordLayout.value(record), length);
    }

    /** Creates or replaces it with a hash of fields in {@link FieldList}'s form. */
    public void putFields(long list, int listBytes, int count, long expiry, long counter, int written) {
        if (count > MAX_FIELDS || listBytes > MAX_FIELD_BYTES) {
            var big = new BigHash(heap);
            for (long field = list; field < list + listBytes; field += FieldList.bytes(field)) {
                putBigField(
                        big,
                        FieldList.name(field),
                        FieldList.nameLength(field),
                        FieldList.value(field),
                        FieldList.valueLength(field));
            }
            placeBig(big, expiry, counter, written);
        } else {
            place(RecordLayout.FIELDS, listBytes, count, expiry, counter, written, dots());
            OffHeap.copy(list, RecordLayout.value(record), listBytes);
        }
    }

    /** Creates or replaces it with a row in the form of {@link sherd.engine.command.RowLayout}. */
    public void putRow(long row, long expiry, long counter, int written) {
        var columns = columns();
        boolean wasRow = record != 0 && RecordLayout.form(record) == RecordLayout.ROW;
        int slot = wasRow ? RecordLayout.detail(record) : columns.addRow();
        if (slot < 0) {
            throw outOfMemory(0);
        }
        try {
            place(RecordLayout.ROW, columns.variableBytes(row), slot, expiry, counter, written, dots());
        } catch (StoreException e) {
            if (!wasRow) {
                columns.removeRow(slot);
            }
            throw e;
        }
        columns.write(row, slot, RecordLayout.value(record));
    }

    /** The current row as {@link sherd.engine.command.RowLayout} at the start of {@code out}; returns its length. */
    public int readRow(Region out) {
        return columns().read(RecordLayout.detail(record), valueAddress(), valueLength(), out);
    }

    private RowColumns columns() {
        if (rows == null) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "no columns in a table of free-form keys");
        }
        return rows;
    }

    /** Gives the current row a vector whose own entry is its counter; replaces other dots. */
    public void setDots(VersionVector vector) {
        if (RecordLayout.dots(record) == 0 && others(vector) == 0) {
            return;
        }
        long old = record;
        int form = RecordLayout.form(old);
        int length = RecordLayout.valueLength(old);
        long fresh = allocate(form, length, RecordLayout.expiry(old), vector, keptFlags());
        OffHeap.copy(RecordLayout.key(old), RecordLayout.key(fresh), (long) keyLength + length);
        RecordLayout.writeState(fresh, RecordLayout.counter(old), RecordLayout.written(old), RecordLayout.detail(old));
        heap.free(old, RecordLayout.bytes(old));
        index.replaceFound(fresh);
        record = fresh;
    }

    /** Dots of the current row beside this shard's own. */
    public int otherDots() {
        return record == 0 ? 0 : RecordLayout.dots(record);
    }

    /** Copies them as shard (int) and counter (long) each. */
    public void copyDots(long target) {
        OffHeap.copy(RecordLayout.dot(record, 0), target, otherDots() * 12L);
    }

    // Parts of values

    /** Overwrites a range of the current string, growing it with zero bytes; creates it if absent. */
    public void writeString(int offset, long bytes, int length, long counter, int written) {
        int before = kind() == Kind.STRING ? valueLength() : 0;
        int after = Math.max(before, offset + length);
        if (before == after) {
            OffHeap.copy(bytes, valueAddress() + offset, length);
            touch(counter, written);
            return;
        }
        long old = record;
        long expiry = kind() == Kind.STRING ? expiresAt() : -1;
        long oldBytes = old == 0 ? 0 : RecordLayout.bytes(old);
        boolean inPlace = kind() == Kind.STRING
                && RecordHeap.sameBlock(oldBytes, oldBytes + after - before)
                && (RecordLayout.flags(old) & RecordLayout.CACHED) == 0;
        if (inPlace) {
            OffHeap.putInt(old, after);
        } else {
            long fresh = allocate(RecordLayout.STRING, after, expiry, dots(), keptFlags());
            RecordLayout.writeState(fresh, counter, written, 0);
            OffHeap.copy(key, RecordLayout.key(fresh), keyLength);
            if (before > 0) {
                OffHeap.copy(RecordLayout.value(old), RecordLayout.value(fresh), before);
            }
            adopt(fresh);
        }
        if (offset > before) {
            OffHeap.fill(valueAddress() + before, offset - before, (byte) 0);
        }
        OffHeap.copy(bytes, valueAddress() + offset, length);
        touch(counter, written);
    }

    private void touch(long counter, int written) {
        RecordLayout.writeState(record, counter, written, RecordLayout.detail(record));
        claim();
    }

    /** A cached copy that is written to becomes a row of its own, which shadows the archived one. */
    private void claim() {
        int flags = RecordLayout.flags(record);
        if ((flags & RecordLayout.CACHED) != 0) {
            RecordLayout.setFlags(record, (flags & ~RecordLayout.CACHED) | RecordLayout.SHADOWS);
            liveRows++;
            shadowing++;
        }
    }

    public int fieldCount() {
        return switch (RecordLayout.form(record)) {
            case RecordLayout.FIELDS -> RecordLayout.detail(record);
            case RecordLayout.BIG_HASH -> big(record).size();
            default -> 0;
        };
    }

    /** The field of that name in {@link FieldList}'s form, or 0. */
    public long findField(long name, int length) {
        return switch (record == 0 ? 0 : RecordLayout.form(record)) {
            case RecordLayout.FIELDS -> FieldList.find(valueAddress(), valueLength(), name, length);
            case RecordLayout.BIG_HASH -> big(record).find(name, length);
            default -> 0;
        };
    }

    /** Sets a field of the current hash, creating the hash if absent; true if the field is new. */
    public boolean putField(long name, int nameLength, long value, int valueLength, long counter, int written) {
        if (kind() != Kind.HASH) {
            long bytes = FieldList.bytes(nameLength, valueLength);
            if (bytes > MAX_FIELD_BYTES) {
                var big = new BigHash(heap);
                putBigField(big, name, nameLength, value, valueLength);
                placeBig(big, -1, counter, written);
            } else {
                place(RecordLayout.FIELDS, bytes, 1, -1, counter, written, dots());
                FieldList.write(valueAddress(), name, nameLength, value, valueLength);
            }
            return true;
        }
        if (RecordLayout.form(record) == RecordLayout.FIELDS) {
            long old = findField(name, nameLength);
            long after =
                    valueLength() + FieldList.bytes(nameLength, valueLength) - (old == 0 ? 0 : FieldList.bytes(old));
            if (after <= MAX_FIELD_BYTES && (old != 0 || fieldCount() < MAX_FIELDS)) {
                spliceField(old, name, nameLength, value, valueLength, (int) after, counter, written);
                return old == 0;
            }
            putFieldsIntoIndex();
        }
        boolean fresh = putBigField(big(record), name, nameLength, value, valueLength);
        touch(counter, written);
        return fresh;
    }

    /** Writes the list anew with one field replaced in its place, added at the end, or (length -1) taken out. */
    private void spliceField(
            long old, long name, int nameLength, long value, int valueLength, int after, long counter, int written) {
        long list = valueAddress();
        long end = list + valueLength();
        int count = fieldCount() + (old == 0 ? 1 : 0) - (valueLength < 0 ? 1 : 0);
        long fresh = allocate(RecordLayout.FIELDS, after, expiresAt(), dots(), keptFlags());
        RecordLayout.writeState(fresh, counter, written, count);
        OffHeap.copy(key, RecordLayout.key(fresh), keyLength);
        long at = RecordLayout.value(fresh);
        long headEnd = old == 0 ? end : old;
        OffHeap.copy(list, at, headEnd - list);
        at += headEnd - list;
        if (valueLength >= 0) {
            FieldList.write(at, name, nameLength, value, valueLength);
            at += FieldList.bytes(nameLength, valueLength);
        }
        if (old != 0) {
            long tail = old + FieldList.bytes(old);
            OffHeap.copy(tail, at, end - tail);
        }
        adopt(fresh);
    }

    /** Removes a field; the last one takes the key with it. True if it was there. */
    public boolean removeField(long name, int length, long counter, int written) {
        long field = findField(name, length);
        if (field == 0) {
            return false;
        }
        if (fieldCount() == 1) {
            RecordLayout.writeState(record, counter, written, RecordLayout.detail(record));
            remove();
        } else if (RecordLayout.form(record) == RecordLayout.BIG_HASH) {
            big(record).remove(name, length);
            touch(counter, written);
        } else {
            int after = valueLength() - (int) FieldList.bytes(field);
            spliceField(field, 0, 0, 0, -1, after, counter, written);
        }
        return true;
    }

    /** All fields of the current hash in {@link FieldList}'s form at an offset of {@code out}; returns their bytes. */
    public int readFields(Region out, long offset) {
        if (RecordLayout.form(record) == RecordLayout.BIG_HASH) {
            var big = big(record);
            out.ensure(offset + big.bytes());
            big.copyTo(out.address() + offset);
            return (int) big.bytes();
        }
        out.ensure(offset + valueLength());
        OffHeap.copy(valueAddress(), out.address() + offset, valueLength());
        return valueLength();
    }

    private boolean putBigField(BigHash big, long name, int nameLength, long value, int valueLength) {
        int result = big.put(name, nameLength, value, valueLength);
        if (result < 0) {
            if (big.size() == 0) {
                big.close();
            }
            throw outOfMemory(valueLength);
        }
        return result == 1;
    }

    private void putFieldsIntoIndex() {
        var big = new BigHash(heap);
        long end = valueAddress() + valueLength();
        try {
            for (long field = valueAddress(); field < end; field += FieldList.bytes(field)) {
                putBigField(
                        big,
                        FieldList.name(field),
                        FieldList.nameLength(field),
                        FieldList.value(field),
                        FieldList.valueLength(field));
            }
            placeBig(big, expiresAt(), counter(), written());
        } catch (StoreException e) {
            big.close();
            throw e;
        }
    }

    private void placeBig(BigHash big, long expiry, long counter, int written) {
        int number = bigHashes.indexOf(null);
        if (number < 0) {
            number = bigHashes.size();
            bigHashes.add(null);
        }
        place(RecordLayout.BIG_HASH, 0, number, expiry, counter, written, dots());
        bigHashes.set(number, big);
    }

    private BigHash big(long of) {
        var big = bigHashes.get(RecordLayout.detail(of));
        if (big == null) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "a hash lost its fields: shard=" + shardId);
        }
        return big;
    }

    // Any form

    /** Sets or (-1) clears the expiry of the current row; its version stays. */
    public void expire(long expiry) {
        int flags = RecordLayout.flags(record);
        boolean had = (flags & RecordLayout.EXPIRES) != 0;
        if (had && expiry >= 0) {
            RecordLayout.setExpiry(record, expiry);
            claim();
            return;
        }
        if (!had && expiry < 0) {
            return;
        }
        long old = record;
        int length = valueLength();
        long fresh = allocate(RecordLayout.form(old), length, expiry, dots(), keptFlags());
        RecordLayout.writeState(fresh, RecordLayout.counter(old), RecordLayout.written(old), RecordLayout.detail(old));
        OffHeap.copy(RecordLayout.key(old), RecordLayout.key(fresh), (long) keyLength + length);
        boolean cached = (flags & RecordLayout.CACHED) != 0;
        heap.free(old, RecordLayout.bytes(old));
        index.replaceFound(fresh);
        record = fresh;
        if (cached) {
            liveRows++;
            shadowing++;
        }
    }

    /** Removes the current row; true if there was one. What a segment still has is covered by a tombstone. */
    public boolean remove() {
        if (kind() == Kind.ABSENT) {
            return false;
        }
        raiseGraves(counter() + 1); // a removal is a version, too: DELIFMATCH returns it
        int flags = RecordLayout.flags(record);
        if ((flags & (RecordLayout.CACHED | RecordLayout.SHADOWS)) != 0) {
            bury();
        } else {
            long old = record;
            index.removeFound();
            record = 0;
            liveRows--;
            release(old);
            heap.free(old, RecordLayout.bytes(old));
        }
        return true;
    }

    /** Replaces the current record, live or not, by a tombstone. */
    private void bury() {
        long old = record;
        long counter = old == 0 ? graves : RecordLayout.counter(old);
        int written = old == 0 ? 0 : RecordLayout.written(old);
        long fresh = heap.allocateAlways(RecordLayout.bytes(keyLength, 0, 0, 0));
        if (fresh == 0) {
            throw outOfMemory(keyLength);
        }
        RecordLayout.writeHeader(fresh, RecordLayout.TOMBSTONE, RecordLayout.SHADOWS, keyLength, 0);
        RecordLayout.writeState(fresh, counter, written, 0);
        OffHeap.copy(old == 0 ? key : RecordLayout.key(old), RecordLayout.key(fresh), keyLength);
        adopt(fresh);
    }

    /**
     * Takes over what a segment says of the current, unknown key, as a copy that may be dropped. With {@code form} 0 the
     * segments turned out not to have it, which is remembered too.
     */
    public void markCached(boolean present) {
        if (!present) {
            long fresh = heap.allocate(RecordLayout.bytes(keyLength, 0, 0, 0));
            if (fresh == 0) {
                throw outOfMemory(keyLength);
            }
            RecordLayout.writeHeader(fresh, RecordLayout.TOMBSTONE, RecordLayout.CACHED, keyLength, 0);
            RecordLayout.writeState(fresh, graves, 0, 0);
            OffHeap.copy(key, RecordLayout.key(fresh), keyLength);
            adopt(fresh);
            return;
        }
        RecordLayout.setFlags(record, (RecordLayout.flags(record) & ~RecordLayout.SHADOWS) | RecordLayout.CACHED);
        liveRows--;
    }

    /** The current key, absent here, is removed although a segment has it (replay of a removal). */
    public void buryArchived(long counter) {
        raiseGraves(counter);
        bury();
        RecordLayout.writeState(record, counter, 0, 0);
    }

    /** A segment has a copy of the current record now, so that removing it must leave a tombstone. */
    public void markShadowing() {
        int flags = RecordLayout.flags(record);
        if ((flags & RecordLayout.SHADOWS) == 0) {
            RecordLayout.setFlags(record, flags | RecordLayout.SHADOWS);
            shadowing++;
        }
    }

    /** Whether the key has a row or a tombstone here that is not a copy of what segments say. */
    public boolean hasOwnVersion(long keyAddress, int length) {
        long found = index.find(hash(keyAddress, length), keyAddress, length);
        return found != 0 && (RecordLayout.flags(found) & RecordLayout.CACHED) == 0;
    }

    /** Removes rows of the next few buckets whose time has passed; goes on there the next time. */
    public void expireSome(long now, int buckets) {
        var met = new ArrayList<Long>();
        for (int i = 0; i < buckets; i++) {
            expiryCursor = index.scan(expiryCursor, found -> {
                if (expired(found, now)) {
                    met.add(found);
                }
            });
            if (expiryCursor == 0) {
                break;
            }
        }
        for (long found : met) {
            enter(found);
            remove();
        }
    }

    /** Drops all copies of archived rows. */
    public void dropCopies() {
        var met = new ArrayList<Long>();
        index.forEach(found -> {
            if (isCached(found)) {
                met.add(found);
            }
        });
        for (long found : met) {
            enter(found);
            drop();
        }
    }

    // Walking

    /** Visits one bucket; see {@link KeyIndex#scan}. */
    public long scan(long cursor, KeyIndex.Visitor visitor) {
        return index.scan(cursor, visitor);
    }

    /** Makes the record met in a walk current; its key is the record's own copy, good until it is changed. */
    public void enter(long met) {
        key = RecordLayout.key(met);
        keyLength = RecordLayout.keyLength(met);
        hash = hash(key, keyLength);
        record = index.find(hash, key, keyLength);
    }

    public static boolean isLive(long record, long now) {
        return RecordLayout.form(record) != RecordLayout.TOMBSTONE && !expired(record, now);
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

    public static boolean isExpired(long record, long now) {
        return expired(record, now);
    }

    public static long keyAddress(long record) {
        return RecordLayout.key(record);
    }

    public static int keyLength(long record) {
        return RecordLayout.keyLength(record);
    }

    public static Kind kind(long record) {
        return kindOf(record);
    }

    public long current() {
        return record;
    }

    public long currentKey() {
        return record == 0 ? key : RecordLayout.key(record);
    }

    public int currentKeyLength() {
        return keyLength;
    }

    /** Forgets the current record without a trace: its row now lives in a segment alone, or it was a copy. */
    public void drop() {
        long old = record;
        index.removeFound();
        record = 0;
        account(old, -1);
        release(old);
        heap.free(old, RecordLayout.bytes(old));
    }

    /** Removes everything. Graves stay. */
    public void clear() {
        index.forEach(met -> {
            raiseGraves(RecordLayout.counter(met));
            release(met);
            heap.free(met, RecordLayout.bytes(met));
        });
        index.close();
        if (rows != null) {
            rows.close();
        }
        bigHashes.clear();
        record = 0;
        liveRows = 0;
        shadowing = 0;
    }

    @Override
    public void close() {
        clear();
        heap.close();
    }

    // Records

    private VersionVector dots() {
        return record != 0 && RecordLayout.dots(record) > 0
                ? RecordLayout.vector(record, shardId)
                : VersionVector.EMPTY;
    }

    private int others(VersionVector vector) {
        return vector.size() - (vector.counter(shardId) > 0 ? 1 : 0);
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

    private long allocate(int form, long valueLength, long expiry, VersionVector vector, int kept) {
        int dots = others(vector);
        int flags = kept | (expiry >= 0 ? RecordLayout.EXPIRES : 0) | (dots > 0 ? RecordLayout.DOTS : 0);
        long bytes = RecordLayout.bytes(keyLength, valueLength, flags, dots);
        long fresh = heap.allocate(bytes);
        if (fresh == 0) {
            throw outOfMemory(bytes);
        }
        RecordLayout.writeHeader(fresh, form, flags, keyLength, (int) valueLength);
        if (expiry >= 0) {
            RecordLayout.setExpiry(fresh, expiry);
        }
        if (dots > 0) {
            RecordLayout.writeDots(fresh, vector, shardId);
        }
        return fresh;
    }

    /** Makes room for a value of the current key; its bytes are the caller's to fill in. */
    private void place(
            int form, long valueLength, int detail, long expiry, long counter, int written, VersionVector vector) {
        if (record != 0 && fits(form, valueLength, expiry)) {
            OffHeap.putInt(record, (int) valueLength);
            if (expiry >= 0) {
                RecordLayout.setExpiry(record, expiry);
            }
            RecordLayout.writeState(record, counter, written, detail);
            return;
        }
        long fresh = allocate(form, valueLength, expiry, vector, keptFlags());
        RecordLayout.writeState(fresh, counter, written, detail);
        OffHeap.copy(key, RecordLayout.key(fresh), keyLength);
        adopt(fresh);
    }

    private boolean fits(int form, long valueLength, long expiry) {
        int flags = RecordLayout.flags(record);
        return RecordLayout.form(record) == form
                && (form == RecordLayout.STRING || form == RecordLayout.ROW)
                && (flags & RecordLayout.CACHED) == 0
                && (flags & RecordLayout.EXPIRES) != 0 == expiry >= 0
                && RecordHeap.sameBlock(
                        RecordLayout.bytes(record), RecordLayout.bytes(record) + valueLength - valueLength());
    }

    /** Puts a finished record in the place of the current one, and frees that. */
    private void adopt(long fresh) {
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
                release(old);
            }
            heap.free(old, RecordLayout.bytes(old));
        }
        record = fresh;
        account(fresh, 1);
    }

    private void account(long of, int sign) {
        int flags = RecordLayout.flags(of);
        if ((flags & RecordLayout.CACHED) == 0 && RecordLayout.form(of) != RecordLayout.TOMBSTONE) {
            liveRows += sign;
        }
        if ((flags & RecordLayout.SHADOWS) != 0) {
            shadowing += sign;
        }
    }

    /** Frees what a record holds beside its own bytes. */
    private void release(long of) {
        switch (RecordLayout.form(of)) {
            case RecordLayout.BIG_HASH -> {
                var big = bigHashes.set(RecordLayout.detail(of), null);
                if (big != null) {
                    big.close();
                }
            }
            case RecordLayout.ROW -> columns().removeRow(RecordLayout.detail(of));
            default -> {}
        }
    }

    private StoreException outOfMemory(long bytes) {
        return new StoreException(
                ErrorCode.OUT_OF_MEMORY,
                "no memory for the row: bytes=" + bytes + " shard=" + shardId
                        + "; remove or archive rows, or raise memory-limit");
    }
}
