package sherd.engine.command;

import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * The changes of one unit of work, encoded one after the other for the commit log.
 *
 * @see MutationLayout
 */
public final class MutationBatch implements AutoCloseable {
    private static final int KEEP_BYTES = 256 << 10;

    private final Region region;
    private long bytes;
    private int table;
    private int shard;
    private int written;
    private long lastOffset;

    public MutationBatch(MemoryBudget budget) {
        region = new Region(budget, MemoryBudget.Purpose.LOG, 4096);
    }

    public boolean isEmpty() {
        return bytes == 0;
    }

    public long address() {
        return region.address();
    }

    public int bytes() {
        return (int) bytes;
    }

    /** Address of the change added last. */
    public long last() {
        return region.address() + lastOffset;
    }

    /** Empties the batch, and gives back what an unusually large one took. */
    public void clear() {
        bytes = 0;
        if (region.capacity() > KEEP_BYTES) {
            region.shrink(KEEP_BYTES);
        }
    }

    /** Whose rows the next changes are about, and the time of the write in epoch seconds. */
    public void target(int tableId, int shardId, int writtenSeconds) {
        table = tableId;
        shard = shardId;
        written = writtenSeconds;
    }

    /** A whole row; returns the address of its value for the caller to fill in when {@code value} is 0. */
    public long put(
            Kind kind,
            long key,
            int keyLength,
            long value,
            int valueLength,
            int fields,
            long expiry,
            long counter,
            int dots) {
        long at = begin(MutationLayout.PUT, kind, dots, keyLength, valueLength, 0);
        MutationLayout.writeState(at, counter, expiry, written);
        MutationLayout.writeLengths(at, keyLength, valueLength, fields);
        OffHeap.copy(key, MutationLayout.key(at), keyLength);
        if (value != 0) {
            OffHeap.copy(value, MutationLayout.first(at), valueLength);
        }
        return at;
    }

    public void write(long key, int keyLength, int offset, long source, int length, long counter) {
        long at = begin(MutationLayout.WRITE, Kind.STRING, 0, keyLength, length, 0);
        MutationLayout.writeState(at, counter, -1, written);
        MutationLayout.writeLengths(at, keyLength, length, offset);
        OffHeap.copy(key, MutationLayout.key(at), keyLength);
        OffHeap.copy(source, MutationLayout.first(at), length);
    }

    public void putField(long key, int keyLength, long name, int nameLength, long value, int length, long counter) {
        long at = begin(MutationLayout.FIELD_PUT, Kind.HASH, 0, keyLength, nameLength, length);
        MutationLayout.writeState(at, counter, -1, written);
        MutationLayout.writeLengths(at, keyLength, nameLength, length);
        OffHeap.copy(key, MutationLayout.key(at), keyLength);
        OffHeap.copy(name, MutationLayout.first(at), nameLength);
        OffHeap.copy(value, MutationLayout.secondRun(at), length);
    }

    public void removeField(long key, int keyLength, long name, int nameLength, long counter) {
        long at = begin(MutationLayout.FIELD_REMOVE, Kind.HASH, 0, keyLength, nameLength, 0);
        MutationLayout.writeState(at, counter, -1, written);
        MutationLayout.writeLengths(at, keyLength, nameLength, 0);
        OffHeap.copy(key, MutationLayout.key(at), keyLength);
        OffHeap.copy(name, MutationLayout.first(at), nameLength);
    }

    public void expire(long key, int keyLength, long expiry, long counter) {
        keyOnly(MutationLayout.EXPIRE, key, keyLength, expiry, counter);
    }

    public void remove(long key, int keyLength, long counter) {
        keyOnly(MutationLayout.REMOVE, key, keyLength, -1, counter);
    }

    public void append(long firstRow, long rows, int rowsLength, int count) {
        long at = begin(MutationLayout.APPEND, Kind.ROW, 0, 0, rowsLength, 0);
        MutationLayout.writeState(at, firstRow, -1, written);
        MutationLayout.writeLengths(at, 0, rowsLength, count);
        OffHeap.copy(rows, MutationLayout.first(at), rowsLength);
    }

    public void flush() {
        keyOnly(MutationLayout.FLUSH, 0, 0, -1, 0);
    }

    @Override
    public void close() {
        region.close();
    }

    private void keyOnly(byte operation, long key, int keyLength, long expiry, long counter) {
        long at = begin(operation, Kind.ABSENT, 0, keyLength, 0, 0);
        MutationLayout.writeState(at, counter, expiry, written);
        MutationLayout.writeLengths(at, keyLength, 0, 0);
        OffHeap.copy(key, MutationLayout.key(at), keyLength);
    }

    private long begin(byte operation, Kind kind, int dots, int key, int first, int second) {
        long length = MutationLayout.HEADER + (long) dots * MutationLayout.DOT + key + first + second;
        if (bytes + length > Integer.MAX_VALUE - 64) {
            throw new StoreException(
                    ErrorCode.TOO_LARGE,
                    "too many bytes in one unit of work: bytes=" + (bytes + length) + "; split it");
        }
        region.ensure(bytes + length);
        lastOffset = bytes;
        long at = region.address() + bytes;
        bytes += length;
        MutationLayout.writeHeader(at, operation, kind, dots, (int) length, table, shard);
        return at;
    }
}
