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

    /** A whole row. With dots, they are the caller's to fill in at {@link MutationLayout#dot} of {@link #last}. */
    public void put(
            Kind kind,
            long key,
            int keyLength,
            long value,
            int valueLength,
            int fields,
            long expiry,
            long counter,
            int dots) {
        long at = add(MutationLayout.PUT, kind, key, keyLength, value, valueLength, fields, expiry, counter, dots, 0);
        lastOffset = at - region.address();
    }

    /** A string without its value, which comes behind: the last change of its batch. */
    public void putHead(Kind kind, long key, int keyLength, int valueLength, long expiry, long counter) {
        start(MutationLayout.PUT, kind, key, keyLength, valueLength, 0, expiry, counter, 0, 0);
    }

    /** The value after {@link #putHead}, for who wants both in one place. */
    public void putTail(long value, int length) {
        region.ensure(bytes + length);
        OffHeap.copy(value, region.address() + bytes, length);
        bytes += length;
    }

    public void write(long key, int keyLength, int offset, long source, int length, long counter) {
        add(MutationLayout.WRITE, Kind.STRING, key, keyLength, source, length, offset, -1, counter, 0, 0);
    }

    public void putField(long key, int keyLength, long name, int nameLength, long value, int length, long counter) {
        long at = add(
                MutationLayout.FIELD_PUT, Kind.HASH, key, keyLength, name, nameLength, length, -1, counter, 0, length);
        OffHeap.copy(value, MutationLayout.secondRun(at), length);
    }

    public void removeField(long key, int keyLength, long name, int nameLength, long counter) {
        add(MutationLayout.FIELD_REMOVE, Kind.HASH, key, keyLength, name, nameLength, 0, -1, counter, 0, 0);
    }

    public void expire(long key, int keyLength, long expiry, long counter) {
        add(MutationLayout.EXPIRE, Kind.ABSENT, key, keyLength, 0, 0, 0, expiry, counter, 0, 0);
    }

    public void remove(long key, int keyLength, long counter) {
        add(MutationLayout.REMOVE, Kind.ABSENT, key, keyLength, 0, 0, 0, -1, counter, 0, 0);
    }

    public void append(long firstRow, long rows, int rowsLength, int count) {
        add(MutationLayout.APPEND, Kind.ROW, 0, 0, rows, rowsLength, count, -1, firstRow, 0, 0);
    }

    public void flush() {
        add(MutationLayout.FLUSH, Kind.ABSENT, 0, 0, 0, 0, 0, -1, 0, 0, 0);
    }

    @Override
    public void close() {
        region.close();
    }

    /** Adds a change with its key and first run, and room for a second run. */
    private long add(
            byte operation,
            Kind kind,
            long key,
            int keyLength,
            long first,
            int firstLength,
            int second,
            long expiry,
            long counter,
            int dots,
            int secondRun) {
        long following = (long) firstLength + secondRun;
        long at = start(operation, kind, key, keyLength, firstLength, second, expiry, counter, dots, following);
        OffHeap.copy(first, MutationLayout.first(at), firstLength);
        return at;
    }

    /** The same up to the first run, with room for so many bytes from there. */
    private long start(
            byte operation,
            Kind kind,
            long key,
            int keyLength,
            int firstLength,
            int second,
            long expiry,
            long counter,
            int dots,
            long following) {
        int flags = MutationLayout.flags(table, shard, counter, keyLength, firstLength, second, expiry, dots);
        int header = MutationLayout.headerBytes(flags, dots);
        long length = header + keyLength + following;
        if (bytes + length > Integer.MAX_VALUE - 64) {
            throw new StoreException(
                    ErrorCode.TOO_LARGE,
                    "too many bytes in one unit of work: bytes=" + (bytes + length) + "; split it");
        }
        region.ensure(bytes + length);
        long at = region.address() + bytes;
        bytes += length;
        MutationLayout.writeHead(at, operation, kind, flags, written, table, shard, counter, keyLength, firstLength);
        MutationLayout.writeExtras(at, flags, second, expiry, dots);
        OffHeap.copy(key, at + header, keyLength);
        return at;
    }
}
