package sherd.engine.table;

import sherd.engine.index.KeyIndex;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;
import sherd.engine.schema.Position;

/** A hash with many fields: each field a block of its own ({@link FieldList}'s form), found through an index. */
final class BigHash implements AutoCloseable {
    private static final KeyIndex.Keys NAMES = new KeyIndex.Keys() {
        @Override
        public boolean matches(long field, long name, int length) {
            return FieldList.nameLength(field) == length && OffHeap.equal(FieldList.name(field), name, length);
        }

        @Override
        public long hash(long field) {
            return BigHash.hash(FieldList.name(field), FieldList.nameLength(field));
        }
    };

    private final RecordHeap heap;
    private final KeyIndex index;
    private long bytes;

    BigHash(RecordHeap heap) {
        this.heap = heap;
        this.index = new KeyIndex(heap, NAMES);
    }

    int size() {
        return (int) index.size();
    }

    /** Bytes of all fields in {@link FieldList}'s form. */
    long bytes() {
        return bytes;
    }

    long find(long name, int length) {
        return index.find(hash(name, length), name, length);
    }

    /** 1 if the field is new, 0 if it was there, -1 when memory is out and nothing changed. */
    int put(long name, int nameLength, long value, int valueLength) {
        long old = find(name, nameLength);
        long fresh = heap.allocate(FieldList.bytes(nameLength, valueLength));
        if (fresh == 0) {
            return -1;
        }
        FieldList.write(fresh, name, nameLength, value, valueLength);
        if (old != 0) {
            bytes += FieldList.bytes(fresh) - FieldList.bytes(old);
            index.replaceFound(fresh);
            heap.free(old, FieldList.bytes(old));
            return 0;
        }
        if (!index.insert(hash(name, nameLength), fresh)) {
            heap.free(fresh, FieldList.bytes(fresh));
            return -1;
        }
        bytes += FieldList.bytes(fresh);
        return 1;
    }

    boolean remove(long name, int length) {
        long field = find(name, length);
        if (field == 0) {
            return false;
        }
        index.removeFound();
        bytes -= FieldList.bytes(field);
        heap.free(field, FieldList.bytes(field));
        return true;
    }

    long scan(long cursor, KeyIndex.Visitor visitor) {
        return index.scan(cursor, visitor);
    }

    /** Writes all fields one after the other; returns the address past the last. */
    long copyTo(long target) {
        var copier = new Copier(target);
        index.forEach(copier);
        return copier.at;
    }

    @Override
    public void close() {
        index.forEach(field -> heap.free(field, FieldList.bytes(field)));
        index.close();
        bytes = 0;
    }

    private static long hash(long name, int length) {
        return OffHeap.hash(name, length) >>> Position.SLOT_BITS;
    }

    private static final class Copier implements KeyIndex.Visitor {
        private long at;

        private Copier(long at) {
            this.at = at;
        }

        @Override
        public void record(long field) {
            OffHeap.copy(field, at, FieldList.bytes(field));
            at += FieldList.bytes(field);
        }
    }
}
