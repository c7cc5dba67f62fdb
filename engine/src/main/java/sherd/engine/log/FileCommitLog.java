package sherd.engine.log;

import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.lock.Threads;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;
import sherd.engine.time.Clock;

/**
 * The commit log of one node, in files.
 *
 * <p>Appends copy into a {@link LogBuffer}; one thread writes what has gathered, as it is, with one write call a chunk,
 * and syncs as the policy says. While a sync runs the next batches gather: that is the whole of group commit.
 *
 * <p>A write or sync that failed once is never tried again. After a failed fsync the system may have dropped the bytes
 * and call the next fsync a success, so the only state that is known is the one a restart reads back: the log refuses
 * everything from then on, and batches not yet durable are in doubt.
 *
 * <p>The writer thread must not be interrupted; it is stopped by a flag.
 */
public final class FileCommitLog implements CommitLog {
    /** How long a batch waits for company before it is handed to the operating system, unless policy is ALWAYS. */
    static final int LINGER_MILLIS = 2;

    /** More at once would only push out of the system's cache what is read. */
    private static final int LARGE_BYTES = 16 << 20;

    private static final long IDLE = Long.MAX_VALUE;
    /** After so long without a write the buffers give back what busier times have touched. */
    private static final long CALM_NANOS = 1_000_000_000;

    private final LogConfig config;
    private final Clock clock;
    private final Events events;
    private final LogBuffer buffer;
    private final LogFiles files;
    private final LogWaiters waiters;
    private final Thread writer;
    private final long lingerNanos;
    private final long intervalNanos;

    /** Guards nothing but the wait for {@link #durable} to move or the log to fail. */
    private final ReentrantLock syncLock = new ReentrantLock();

    private final Condition synced = syncLock.newCondition();

    private volatile long written;
    private volatile long durable;
    private volatile long syncWanted;
    private volatile boolean closing;
    private volatile boolean stopped;
    private volatile boolean parked;
    private volatile @Nullable String failure;
    private long unsyncedSinceNanos;
    /** Where the log was when the buffers last rested. */
    private long restedAt;

    private FileCommitLog(
            LogConfig config,
            Clock clock,
            ThreadFactory threads,
            MemoryBudget budget,
            Events events,
            LogFiles files,
            long end) {
        this.config = config;
        this.clock = clock;
        this.events = events;
        this.files = files;
        this.buffer = new LogBuffer(budget, clock, config.bufferBytes(), end);
        this.waiters = new LogWaiters(events, end);
        this.written = end;
        this.durable = end;
        this.restedAt = end;
        this.intervalNanos = TimeUnit.MILLISECONDS.toNanos(config.intervalMillis());
        this.lingerNanos = Math.min(intervalNanos, TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS));
        this.writer = writer(threads);
    }

    /** Where no reply waits for it, its priority tells whoever makes threads that it may give way to others. */
    @SuppressWarnings("ThreadPriorityCheck") // a sign, not for a scheduler
    private Thread writer(ThreadFactory threads) {
        var thread = threads.newThread(this::run);
        if (config.sync() != SyncPolicy.ALWAYS) {
            thread.setPriority(Thread.NORM_PRIORITY - 1);
        }
        return thread;
    }

    /**
     * Opens the log in the folder {@code log/} of the disk, creating it if {@code replayFromLsn} is 0 and there is none,
     * and replays, on the calling thread, every batch whose LSN is above {@code replayFromLsn}. A torn tail is cut and
     * reported; any other damage refuses to open.
     *
     * @param replayFromLsn what a checkpoint covers. The caller must have called {@link #sync} before it published the
     *     checkpoint: a log that ends earlier has lost something.
     * @param threads makes the writer; a platform thread that nobody interrupts
     */
    public static FileCommitLog open(
            Disk disk,
            LogConfig config,
            Clock clock,
            ThreadFactory threads,
            MemoryBudget budget,
            Events events,
            long replayFromLsn,
            Replay replay) {
        LogFiles files = null;
        FileCommitLog log = null;
        try {
            var found = new LogRecovery(disk, budget, events).recover(replayFromLsn, replay);
            files = new LogFiles(disk, clock, config.fileBytes(), budget);
            files.resume(found);
            log = new FileCommitLog(config, clock, threads, budget, events, files, found.endLsn());
            log.writer.start();
            return log;
        } catch (IOException e) {
            throw new StoreException(
                    Disk.isFull(e) ? ErrorCode.DISK_FULL : ErrorCode.DISK_FAILED,
                    "the commit log cannot be opened: folder=" + disk.describe() + "/" + LogLayout.FOLDER + " reason="
                            + e
                            + "; make the folder readable and writable, with room for a log file and what is to be kept, and start again",
                    e);
        } finally {
            if (log == null && files != null) {
                closeQuietly(files);
                files.close();
            }
        }
    }

    @Override
    public long append(long address, int length) {
        return appended(buffer.append(address, length), length);
    }

    @Override
    public @Nullable LogTail tail(int headBytes, int bytes) {
        return buffer.tail(headBytes, bytes);
    }

    @Override
    public long append(long address, int length, LogTail tail) {
        if (!(tail instanceof LongBatch batch)) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "the end of a batch is another log's");
        }
        return appended(buffer.append(address, length, batch), length + batch.bytes());
    }

    private long appended(long lsn, int length) {
        if (lsn < 0) {
            throw refusal(lsn, length);
        }
        if (parked && isWorthWaking(lsn - LogLayout.BATCH_HEADER_BYTES - length)) {
            wake();
        }
        return lsn;
    }

    /** The first batch starts the writer's clock; the others need it only when it should not wait for more. */
    private boolean isWorthWaking(long startLsn) {
        return config.sync() == SyncPolicy.ALWAYS || startLsn <= written || buffer.pressed();
    }

    private StoreException refusal(long answer, int length) {
        String reason = failure;
        if (reason != null) {
            return failed(reason);
        }
        if (answer == LogBuffer.SHUT) {
            return new StoreException(ErrorCode.CLOSED, "the commit log is closed; nothing was written");
        }
        if (answer == LogBuffer.NO_MEMORY) {
            return new StoreException(
                    ErrorCode.OUT_OF_MEMORY,
                    "no memory for a batch on its way to the commit log: batch-bytes=" + length
                            + "; nothing was written, send less at once, archive rows, or raise memory-limit");
        }
        return new StoreException(
                ErrorCode.LOG_BEHIND,
                "the disk is slower than the writes: batch-bytes=" + length + " unwritten-bytes=" + (end() - written)
                        + "; nothing was written, try again");
    }

    @Override
    public @Nullable StoreException failure() {
        String reason = failure;
        return reason == null ? null : failed(reason);
    }

    private static StoreException failed(String reason) {
        return new StoreException(
                ErrorCode.LOG_FAILED,
                "the commit log has failed and takes no more writes: reason=" + reason
                        + "; make room or repair the disk, then restart the node: what was durable is kept");
    }

    @Override
    public long acknowledged() {
        return config.sync() == SyncPolicy.ALWAYS || failure != null ? durable : end();
    }

    @Override
    public long durable() {
        return durable;
    }

    @Override
    public long end() {
        return buffer.end();
    }

    @Override
    public void whenAcknowledged(long lsn, Acknowledgement callback) {
        if (lsn <= acknowledged()) {
            callback.done(false);
            return;
        }
        waiters.add(lsn, callback);
    }

    @Override
    public boolean congested(long bytes) {
        return buffer.congested(bytes) && !stopped;
    }

    @Override
    public void whenUncongested(long bytes, Runnable callback) {
        waiters.addForRoom(() -> congested(bytes), callback);
    }

    @Override
    public void sync() {
        long wanted = end();
        syncLock.lock();
        try {
            syncWanted = Math.max(syncWanted, wanted);
            wake();
            while (durable < wanted && !stopped) {
                synced.awaitUninterruptibly();
            }
        } finally {
            syncLock.unlock();
        }
        String reason = failure;
        if (durable < wanted && reason != null) {
            throw failed(reason);
        }
    }

    @Override
    public void truncateBefore(long lsn) {
        try {
            files.deleteBefore(Math.min(lsn, durable));
        } catch (IOException e) {
            events.on(new Event.Warning("old log files cannot be deleted, they will be tried again: reason=" + e));
        }
    }

    @Override
    public long retainedBytes() {
        return end() - files.oldestLsn();
    }

    @Override
    public synchronized void close() {
        if (closing) {
            return;
        }
        boolean failedBefore = failure != null;
        buffer.shut();
        closing = true;
        wake();
        Threads.awaitEnd(writer);
        buffer.close();
        files.close();
        String reason = failure;
        if (reason != null && !failedBefore) {
            throw failed(reason);
        }
    }

    private void wake() {
        parked = false;
        LockSupport.unpark(writer);
    }

    // What follows runs on the writer thread.

    private void run() {
        try {
            while (true) {
                awaitWork();
                boolean last = closing;
                writePending();
                if (last || syncWanted > durable || syncNanos() <= 0) {
                    syncWritten();
                }
                if (last) {
                    files.markEnd(durable);
                    files.closeCurrent();
                    return;
                }
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            buffer.shut();
            stopped = true;
            waiters.endAll();
            signalSynced();
        }
    }

    private void awaitWork() {
        while (workNanos() > 0) {
            parked = true;
            long nanos = workNanos();
            if (nanos == IDLE) {
                idle();
            } else if (nanos > 0) {
                LockSupport.parkNanos(this, nanos);
            }
            parked = false;
        }
    }

    private void idle() {
        long end = buffer.end();
        if (end == restedAt) {
            LockSupport.park(this);
            return;
        }
        long since = clock.nanoTime();
        LockSupport.parkNanos(this, CALM_NANOS);
        if (buffer.end() == end && clock.nanoTime() - since >= CALM_NANOS) {
            buffer.rest();
            restedAt = end;
        }
    }

    /** Nanoseconds until there is something to do, not above 0 if there is now. */
    private long workNanos() {
        if (closing || syncWanted > durable) {
            return 0;
        }
        return Math.min(writeNanos(), syncNanos());
    }

    private long writeNanos() {
        if (buffer.end() == written) {
            return IDLE;
        }
        if (config.sync() == SyncPolicy.ALWAYS || buffer.pressed()) {
            return 0;
        }
        return lingerNanos - (clock.nanoTime() - buffer.pendingSinceNanos());
    }

    private long syncNanos() {
        if (written == durable) {
            return IDLE;
        }
        return switch (config.sync()) {
            case ALWAYS -> 0;
            case INTERVAL -> intervalNanos - (clock.nanoTime() - unsyncedSinceNanos);
            case OS -> IDLE;
        };
    }

    /** Writes what was there when it began, so that a sync that is due is not put off for ever. */
    private void writePending() throws IOException {
        long until = buffer.end();
        while (written < until) {
            long since = buffer.pendingSinceNanos();
            LogChunk chunk = buffer.take();
            if (chunk == null) {
                return;
            }
            try {
                if (!files.hasRoomFor(chunk)) {
                    syncWritten();
                    files.begin(chunk.firstLsn());
                }
                if (written == durable) {
                    unsyncedSinceNanos = since;
                }
                files.write(chunk, durable, chunk.bytes() > LARGE_BYTES || !buffer.pressed());
                written = chunk.endLsn();
            } finally {
                buffer.release(chunk);
            }
            if (!buffer.congested(0)) {
                waiters.haveRoom();
            }
        }
    }

    private void syncWritten() throws IOException {
        if (written == durable) {
            return;
        }
        files.sync();
        durable = written;
        waiters.settle(written);
        signalSynced();
    }

    private void signalSynced() {
        syncLock.lock();
        try {
            synced.signalAll();
        } finally {
            syncLock.unlock();
        }
    }

    private void fail(Throwable cause) {
        String reason =
                cause instanceof IOException io && Disk.isFull(io) ? "the disk is full (" + io + ")" : cause.toString();
        failure = reason;
        closeQuietly(files);
        events.on(new Event.LogFailed(reason));
    }

    private static void closeQuietly(LogFiles files) {
        try {
            files.closeCurrent();
        } catch (IOException _) {
            // The failure that brought us here says more.
        }
    }
}
