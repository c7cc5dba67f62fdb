package sherd.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationBatch;
import sherd.engine.command.MutationLayout;
import sherd.engine.index.KeyIndex;
import sherd.engine.memory.LentBytes;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.RecordStore;

/**
 * Walks the rows of a record table while it is written to: a few at a time are copied out under the shard's lock, and
 * handed on without it.
 *
 * <p>A page of the index is met under one lock, or rows might be met twice. If its rows are large, only the keys of some
 * are noted then; these rows are looked up and copied under locks of their own, as they are by that time.
 */
final class RecordRows implements AutoCloseable {
    /**
     * Some twenty microseconds under the lock: commands of the shard wait for that long, and more if it loses its turn.
     * A page of rows of usual size fits, and one is enough.
     */
    private static final int COPY_BYTES = 64 << 10;

    private static final int ENOUGH_BYTES = COPY_BYTES / 4;

    /** Which rows to copy, under the shard's lock. */
    @FunctionalInterface
    interface Choice {
        boolean takes(Shard shard, long record);
    }

    /** Takes one row, as a PUT in the form of {@link MutationLayout}; kind ABSENT is a tombstone. */
    @FunctionalInterface
    interface Sink {
        void row(long put, boolean shadows);
    }

    private static final int LENT_FROM = 1 << 20;

    private final MutationBatch copies;
    /** The value of the row copied last, if that is still to come. */
    private @Nullable LentBytes lent;

    private final Region value;
    private final Region shadowFlags;
    /** Keys met and not copied yet: length (int) and bytes of each. */
    private final Region later;

    /** The records of one page of the index. */
    private long[] page = new long[512];

    private int met;
    /** Keeps the loads of {@link #touchMet} from being optimised away. */
    @SuppressWarnings("UnusedVariable")
    private int touched;

    private final KeyIndex.Visitor meeting = this::meet;

    private long laterAt;
    private long laterBytes;

    RecordRows(MemoryBudget budget) {
        copies = new MutationBatch(budget);
        value = new Region(budget, MemoryBudget.Purpose.CACHE, 4096);
        shadowFlags = new Region(budget, MemoryBudget.Purpose.CACHE, 4096);
        later = new Region(budget, MemoryBudget.Purpose.CACHE, 4096);
    }

    void forEach(ShardedTable table, Choice choice, Sink sink) {
        for (var shard : table.shards()) {
            long cursor = 0;
            do {
                cursor = copySome(shard, cursor, choice);
                handOn(sink);
                while (laterAt < laterBytes) {
                    copyLater(shard, choice);
                    handOn(sink);
                }
            } while (cursor != 0);
        }
    }

    private long copySome(Shard shard, long from, Choice choice) {
        copies.clear();
        count = 0;
        laterAt = 0;
        laterBytes = 0;
        long cursor = from;
        shard.lock();
        try {
            var store = shard.records();
            do {
                met = 0;
                do {
                    cursor = store.scan(cursor, meeting);
                } while (KeyIndex.insidePage(cursor));
                touchMet();
                for (int i = 0; i < met; i++) {
                    if (!choice.takes(shard, page[i])) {
                        continue;
                    }
                    if (copies.bytes() < COPY_BYTES && lent == null) {
                        copy(shard, store, page[i]);
                    } else {
                        note(page[i]);
                    }
                }
            } while (cursor != 0 && copies.bytes() < ENOUGH_BYTES && lent == null);
        } finally {
            shard.unlock();
        }
        copyLent();
        return cursor;
    }

    private void meet(long record) {
        if (met == page.length) {
            page = Arrays.copyOf(page, 2 * met);
        }
        page[met++] = record;
    }

    /** Loads from memory that do not wait for one another take a tenth of the time of one after the other. */
    private void touchMet() {
        int sum = 0;
        for (int i = 0; i < met; i++) {
            sum += OffHeap.getByte(page[i]) + OffHeap.getByte(nextLine(page[i]));
        }
        touched = sum;
    }

    /** The cache line after a record's first, which most records reach, if it may be read. */
    private static long nextLine(long record) {
        long next = record + SlabPool.CACHE_LINE;
        return ((next ^ record) & -SlabPool.SLAB_BYTES) == 0 ? next : record;
    }

    private void note(long record) {
        int length = RecordStore.keyLength(record);
        later.ensure(laterBytes + Integer.BYTES + length);
        long at = later.address() + laterBytes;
        OffHeap.putInt(at, length);
        OffHeap.copy(RecordStore.keyAddress(record), at + Integer.BYTES, length);
        laterBytes += Integer.BYTES + length;
    }

    private void copyLater(Shard shard, Choice choice) {
        copies.clear();
        count = 0;
        shard.lock();
        try {
            var store = shard.records();
            while (laterAt < laterBytes && copies.bytes() < COPY_BYTES && lent == null) {
                long at = later.address() + laterAt;
                int length = OffHeap.getInt(at);
                store.seek(at + Integer.BYTES, length, Long.MIN_VALUE);
                if (!store.unknown() && choice.takes(shard, store.current())) {
                    copy(shard, store, store.current());
                }
                laterAt += Integer.BYTES + length;
            }
        } finally {
            shard.unlock();
        }
        copyLent();
    }

    private void copyLent() {
        if (lent != null) {
            copies.putTail(lent.address(), lent.length());
            lent.close();
            lent = null;
        }
    }

    /** Whether the value of a row is large enough to be copied when nobody waits for the shard any more. */
    private boolean borrow(RecordStore store) {
        lent = store.valueLength() < LENT_FROM || store.otherDots() > 0
                ? null
                : store.lend(store.valueAddress(), store.valueLength());
        return lent != null;
    }

    private int count;

    private void copy(Shard shard, RecordStore store, long record) {
        store.look(record);
        copies.target(shard.table(), shard.id(), store.written());
        long key = store.currentKey();
        int keyLength = store.currentKeyLength();
        int dots = store.otherDots();
        switch (store.kind()) {
            case STRING -> {
                int length = store.valueLength();
                long expiry = store.expiresAt();
                if (borrow(store)) {
                    copies.putHead(Kind.STRING, key, keyLength, length, expiry, store.counter());
                } else {
                    copies.put(
                            Kind.STRING,
                            key,
                            keyLength,
                            store.valueAddress(),
                            length,
                            0,
                            expiry,
                            store.counter(),
                            dots);
                }
            }
            case HASH -> {
                int length = store.readFields(value, 0);
                copies.put(
                        Kind.HASH,
                        key,
                        keyLength,
                        value.address(),
                        length,
                        store.fieldCount(),
                        store.expiresAt(),
                        store.counter(),
                        dots);
            }
            case ROW -> {
                int length = store.readRow(value);
                copies.put(
                        Kind.ROW, key, keyLength, value.address(), length, 0, store.expiresAt(), store.counter(), dots);
            }
            case ABSENT -> copies.put(Kind.ABSENT, key, keyLength, key, 0, 0, -1, store.counter(), 0);
        }
        if (dots > 0 && store.kind() != Kind.ABSENT) {
            store.copyDots(MutationLayout.dot(copies.last(), 0));
        }
        shadowFlags.ensure(count + 1L);
        OffHeap.putByte(shadowFlags.address() + count, (byte) (RecordStore.shadows(record) ? 1 : 0));
        count++;
    }

    private void handOn(Sink sink) {
        long at = copies.address();
        for (int i = 0; i < count; i++) {
            sink.row(at, OffHeap.getByte(shadowFlags.address() + i) == 1);
            at += MutationLayout.length(at);
        }
    }

    @Override
    public void close() {
        if (lent != null) {
            lent.close();
        }
        copies.close();
        value.close();
        shadowFlags.close();
        later.close();
    }
}
