package sherd.engine.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.lock.SpinLock;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.time.Clock;

/**
 * The batches that were appended and not yet written, in order.
 *
 * <p>Four chunks of equal size go round: appends fill one while the writer empties others. A batch that fits into none
 * gets a chunk of its own, for which the memory limit must have room. As long as the buffer is not {@link #congested}
 * two whole chunks are free, so that every caller which asked first is served. Chunks of their own take none of those,
 * so they keep only callers with such batches waiting.
 */
final class LogBuffer implements AutoCloseable {
    /** Answers of {@link #append}; every LSN is at least 4. */
    static final long FULL = -1;

    static final long SHUT = -2;

    static final long NO_MEMORY = -3;

    private static final int CHUNKS = 4;
    private static final int FREE_WHEN_UNCONGESTED = 2;
    /** More than so many chunks' bytes in chunks of their own keep further ones waiting. */
    private static final int OWN_WHEN_UNCONGESTED = 2;

    private static final int LONG_BYTES = 1 << 20;

    private static final VarHandle END;

    static {
        try {
            END = MethodHandles.lookup().findVarHandle(LogBuffer.class, "end", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SpinLock lock = new SpinLock();
    private final MemoryBudget budget;
    private final Clock clock;
    private final List<LogChunk> all = new ArrayList<>(CHUNKS);
    private final ArrayDeque<LogChunk> free = new ArrayDeque<>(CHUNKS);
    private final ArrayDeque<LogChunk> pending = new ArrayDeque<>();
    private final int chunkBytes;
    private @Nullable LogChunk tail;
    private boolean shut;

    private volatile long end;
    private volatile boolean congested;
    private volatile boolean congestedForLong;
    private volatile boolean pressed;
    private volatile long pendingSinceNanos;
    private long ownChunkBytes;

    LogBuffer(MemoryBudget budget, Clock clock, int bufferBytes, long end) {
        this.budget = budget;
        this.clock = clock;
        this.chunkBytes = bufferBytes / CHUNKS;
        this.end = end;
        for (int i = 0; i < CHUNKS; i++) {
            var chunk = new LogChunk(budget, chunkBytes);
            all.add(chunk);
            free.add(chunk);
        }
    }

    /** Adds one batch; the LSN just past it, or {@link #FULL}, {@link #SHUT} or {@link #NO_MEMORY}. */
    long append(long address, int length) {
        if ((long) LogLayout.FRAME_HEADER_BYTES + LogLayout.BATCH_HEADER_BYTES + length > chunkBytes) {
            return appendLong(address, length);
        }
        lock.lock();
        try {
            if (shut) {
                return SHUT;
            }
            LogChunk chunk = tail;
            if (chunk == null || !chunk.add(end, address, length)) {
                chunk = free.poll();
                if (chunk == null) {
                    return FULL;
                }
                chunk.add(end, address, length);
                enqueue(chunk);
                tail = chunk;
            }
            return advance(length);
        } finally {
            lock.unlock();
        }
    }

    private long appendLong(long address, int length) {
        long bytes = (long) LogLayout.FRAME_HEADER_BYTES + LogLayout.BATCH_HEADER_BYTES + length;
        if (bytes > Integer.MAX_VALUE || !budget.tryReserve(MemoryBudget.Purpose.LOG, bytes)) {
            return NO_MEMORY;
        }
        // The region reserves for itself; asking first is what may be refused.
        budget.release(MemoryBudget.Purpose.LOG, bytes);
        var chunk = new LogChunk(budget, (int) bytes);
        chunk.add(0, address, length);
        long lsn = enqueueOwn(chunk, length);
        if (lsn < 0) {
            chunk.close();
        }
        return lsn;
    }

    /** Adds a chunk of its own; filled before, so that the lock is held for no longer than for a short batch. */
    private long enqueueOwn(LogChunk chunk, int length) {
        lock.lock();
        try {
            if (shut) {
                return SHUT;
            }
            chunk.startAt(end);
            ownChunkBytes += chunk.capacity();
            enqueue(chunk);
            tail = null;
            pressed = true;
            return advance(length);
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    LongBatch tail(int headBytes, int bytes) {
        long needed = LongBatch.chunkBytes(headBytes, bytes);
        if (needed <= longFrom()
                || needed > LongBatch.MOST_BYTES
                || !budget.tryReserve(MemoryBudget.Purpose.LOG, needed)) {
            return null;
        }
        budget.release(MemoryBudget.Purpose.LOG, needed);
        return new LongBatch(new LogChunk(budget, (int) needed), bytes);
    }

    /** Adds one batch whose end is in its place already. */
    long append(long address, int length, LongBatch batch) {
        var chunk = batch.complete(address, length);
        long lsn = enqueueOwn(chunk, length + batch.bytes());
        if (lsn >= 0) {
            batch.given();
        }
        return lsn;
    }

    private void enqueue(LogChunk chunk) {
        if (pending.isEmpty()) {
            pendingSinceNanos = clock.nanoTime();
        } else {
            pressed = true;
        }
        pending.add(chunk);
        updateCongestion();
    }

    private long advance(int length) {
        long lsn = end + LogLayout.BATCH_HEADER_BYTES + length;
        END.setRelease(this, lsn); // the lock orders writers; readers need no more
        return lsn;
    }

    /** The oldest chunk, now the writer's until {@link #release}; null if nothing is pending. */
    @Nullable
    LogChunk take() {
        lock.lock();
        try {
            LogChunk chunk = pending.poll();
            if (chunk == tail) {
                tail = null;
            }
            pressed = pending.size() > 1;
            return chunk;
        } finally {
            lock.unlock();
        }
    }

    /** Gives back a chunk that {@link #take} gave. */
    void release(LogChunk chunk) {
        boolean own = own(chunk);
        if (own) {
            chunk.close(); // which takes long, so not under the lock
        }
        lock.lock();
        try {
            if (own) {
                ownChunkBytes -= chunk.capacity();
            } else {
                chunk.clear();
                free.push(chunk); // the one used last, so that a calm log touches little memory
            }
            updateCongestion();
        } finally {
            lock.unlock();
        }
    }

    /** Gives back to the system what busier times have touched. A chunk at a time: appends wait for no more. */
    void rest() {
        for (var chunk : all) {
            lock.lock();
            try {
                if (chunk.isEmpty()) {
                    chunk.rest();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void updateCongestion() {
        congested = free.size() < FREE_WHEN_UNCONGESTED;
        congestedForLong = ownChunkBytes > (long) chunkBytes * OWN_WHEN_UNCONGESTED;
    }

    long end() {
        return end;
    }

    /** @param bytes of the batch that is to come, about */
    boolean congested(long bytes) {
        return congested || (bytes > longFrom() && congestedForLong);
    }

    /** Batches of more bytes may have chunks of their own; those that fit into no other must. */
    private int longFrom() {
        return Math.min(chunkBytes, LONG_BYTES);
    }

    /** Whether it is none of those that go round. */
    private boolean own(LogChunk chunk) {
        return !all.contains(chunk);
    }

    /** True when the writer should not wait for more. */
    boolean pressed() {
        return pressed;
    }

    /** When the oldest pending batch came. */
    long pendingSinceNanos() {
        return pendingSinceNanos;
    }

    void shut() {
        lock.lock();
        shut = true;
        lock.unlock();
    }

    /** Frees the memory; only when the writer is gone. */
    @Override
    public void close() {
        shut();
        for (LogChunk chunk : pending) {
            if (own(chunk)) {
                chunk.close();
            }
        }
        pending.clear();
        all.forEach(LogChunk::close);
    }
}
