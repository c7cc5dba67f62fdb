package sherd.engine.table;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** The fields of the current record where it is a hash: few of them as a list in the record, many as a {@link BigHash}. */
final class HashFields {
    /** Beyond this many fields or bytes a hash gets an index of its own. */
    static final int MAX_FIELDS = 128;

    static final int MAX_FIELD_BYTES = 16 << 10;

    private final CurrentRecord current;
    private final List<@Nullable BigHash> bigHashes = new ArrayList<>();

    HashFields(CurrentRecord current) {
        this.current = current;
    }

    private boolean isList() {
        return current.form() == RecordLayout.FIELDS;
    }

    private long list() {
        return RecordLayout.value(current.address());
    }

    private int listBytes() {
        return RecordLayout.valueLength(current.address());
    }

    /** Creates or replaces the current row with a hash of fields in {@link FieldList}'s form. */
    void putAll(long list, int listBytes, int count, long expiry, long counter, int written) {
        if (count > MAX_FIELDS || listBytes > MAX_FIELD_BYTES) {
            placeBig(bigOf(list, listBytes), expiry, counter, written);
        } else {
            current.place(RecordLayout.FIELDS, listBytes, count, expiry, counter, written);
            OffHeap.copy(list, list(), listBytes);
        }
    }

    int count() {
        return switch (current.form()) {
            case RecordLayout.FIELDS -> RecordLayout.detail(current.address());
            case RecordLayout.BIG_HASH -> big().size();
            default -> 0;
        };
    }

    /** The field of that name in {@link FieldList}'s form, or 0. */
    long find(long name, int length) {
        return switch (current.form()) {
            case RecordLayout.FIELDS -> FieldList.find(list(), listBytes(), name, length);
            case RecordLayout.BIG_HASH -> big().find(name, length);
            default -> 0;
        };
    }

    /** Sets a field of the current hash, creating the hash if absent; true if the field is new. */
    boolean put(long name, int nameLength, long value, int valueLength, long counter, int written) {
        if (!isList() && current.form() != RecordLayout.BIG_HASH) {
            create(name, nameLength, value, valueLength, counter, written);
            return true;
        }
        if (isList()) {
            long old = find(name, nameLength);
            long after = listBytes() + FieldList.bytes(nameLength, valueLength) - (old == 0 ? 0 : FieldList.bytes(old));
            if (after <= MAX_FIELD_BYTES && (old != 0 || count() < MAX_FIELDS)) {
                splice(old, name, nameLength, value, valueLength, (int) after, counter, written);
                return old == 0;
            }
            long address = current.address();
            placeBig(
                    bigOf(list(), listBytes()),
                    RecordLayout.expiry(address),
                    RecordLayout.counter(address),
                    RecordLayout.written(address));
        }
        boolean fresh = putBig(big(), name, nameLength, value, valueLength);
        current.touch(counter, written);
        return fresh;
    }

    private void create(long name, int nameLength, long value, int valueLength, long counter, int written) {
        long bytes = FieldList.bytes(nameLength, valueLength);
        if (bytes > MAX_FIELD_BYTES) {
            var big = new BigHash(current.heap());
            if (big.put(name, nameLength, value, valueLength) < 0) {
                big.close();
                throw current.outOfMemory(bytes);
            }
            placeBig(big, -1, counter, written);
        } else {
            current.place(RecordLayout.FIELDS, bytes, 1, -1, counter, written);
            FieldList.write(list(), name, nameLength, value, valueLength);
        }
    }

    /** Writes the list anew with one field replaced in its place, added at the end, or (length -1) taken out. */
    private void splice(
            long old, long name, int nameLength, long value, int valueLength, int after, long counter, int written) {
        long list = list();
        long end = list + listBytes();
        int count = count() + (old == 0 ? 1 : 0) - (valueLength < 0 ? 1 : 0);
        long fresh =
                current.fresh(RecordLayout.FIELDS, after, count, current.expiry(), counter, written, current.dots());
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
        current.adopt(fresh);
    }

    /** Removes a field of the current hash that is found and not its last. */
    void remove(long field, long name, int length, long counter, int written) {
        if (isList()) {
            int after = listBytes() - (int) FieldList.bytes(field);
            splice(field, 0, 0, 0, -1, after, counter, written);
        } else {
            big().remove(name, length);
            current.touch(counter, written);
        }
    }

    /** All fields of the current hash in {@link FieldList}'s form at an offset of {@code out}; returns their bytes. */
    int read(Region out, long offset) {
        if (isList()) {
            out.ensure(offset + listBytes());
            OffHeap.copy(list(), out.address() + offset, listBytes());
            return listBytes();
        }
        var big = big();
        out.ensure(offset + big.bytes());
        big.copyTo(out.address() + offset);
        return (int) big.bytes();
    }

    private BigHash bigOf(long list, int listBytes) {
        var big = new BigHash(current.heap());
        try {
            for (long field = list; field < list + listBytes; field += FieldList.bytes(field)) {
                putBig(
                        big,
                        FieldList.name(field),
                        FieldList.nameLength(field),
                        FieldList.value(field),
                        FieldList.valueLength(field));
            }
        } catch (StoreException e) {
            big.close();
            throw e;
        }
        return big;
    }

    private boolean putBig(BigHash big, long name, int nameLength, long value, int valueLength) {
        int result = big.put(name, nameLength, value, valueLength);
        if (result < 0) {
            throw current.outOfMemory(valueLength);
        }
        return result == 1;
    }

    /** Makes the current row that hash, which is closed if there is no memory for the row. */
    private void placeBig(BigHash big, long expiry, long counter, int written) {
        int number = bigHashes.indexOf(null);
        if (number < 0) {
            number = bigHashes.size();
            bigHashes.add(null);
        }
        try {
            current.place(RecordLayout.BIG_HASH, 0, number, expiry, counter, written);
        } catch (StoreException e) {
            big.close();
            throw e;
        }
        bigHashes.set(number, big);
    }

    private BigHash big() {
        var big = bigHashes.get(RecordLayout.detail(current.address()));
        if (big == null) {
            throw new StoreException(
                    ErrorCode.INTERNAL_INVARIANT, "a hash lost its fields: shard=" + current.shardId());
        }
        return big;
    }

    /** Frees the fields of a record of form BIG_HASH. */
    void release(long record) {
        var big = bigHashes.set(RecordLayout.detail(record), null);
        if (big != null) {
            big.close();
        }
    }

    void clear() {
        bigHashes.clear();
    }
}
