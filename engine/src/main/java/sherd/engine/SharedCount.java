package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.BatchScan;
import sherd.engine.archive.index.QueryMemory;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.table.TableSegments.Entry;
import sherd.engine.time.Clock;

/**
 * Segments whose rows are only counted, in any order. One thread begins; if that takes long, threads that have nothing
 * else to do join in. It never waits for one that has not begun, so that whoever asks may be such a thread too.
 */
final class SharedCount {
    /** Counts what one segment has. */
    interface Counting {
        void count(Entry entry, BatchScan scan, SegmentSums sums);
    }

    /** Who counts for so long is helped. */
    private static final long ALONE_NANOS = 3_000_000;

    private static final int MOST_HELPERS = Math.min(3, Runtime.getRuntime().availableProcessors() - 1);
    /** What all helpers hold is less than what the query itself may. */
    private static final long HELPER_BYTES = QueryMemory.USUAL_BYTES / 4;

    /** In place of a number of threads: none may begin any more. */
    private static final int CLOSED = -1;

    private final List<Entry> entries;
    private final Counting counting;
    private final MemoryBudget budget;
    private final Thread owner = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    /** Helpers that have begun and not ended. */
    private final AtomicInteger helping = new AtomicInteger();

    private final SegmentSums helped = new SegmentSums();
    private final List<Entry> givenBack = new ArrayList<>();
    private @Nullable Failure failure;

    private record Failure(Throwable cause, SegmentSums of) {}

    SharedCount(List<Entry> entries, Counting counting, MemoryBudget budget) {
        this.entries = entries;
        this.counting = counting;
        this.budget = budget;
    }

    /** Returns when all is counted; what was found is added up. Only by the thread that made this. */
    void run(BatchScan scan, SegmentSums sums, Clock clock, Executor helpers) {
        long began = clock.nanoTime();
        boolean alone = MOST_HELPERS > 0;
        try {
            for (var entry = next(); entry != null; entry = next()) {
                counting.count(entry, scan, sums);
                if (alone && clock.nanoTime() - began > ALONE_NANOS && next.get() + 1 < entries.size()) {
                    alone = false;
                    callHelpers(helpers);
                }
            }
        } finally {
            next.set(entries.size());
            awaitHelpers();
        }
        failIfOneFailed(sums);
        givenBack.forEach(entry -> counting.count(entry, scan, sums));
        sums.add(helped);
    }

    private @Nullable Entry next() {
        int index = next.getAndIncrement();
        return index < entries.size() ? entries.get(index) : null;
    }

    private void callHelpers(Executor helpers) {
        try {
            for (int i = 0; i < MOST_HELPERS; i++) {
                helpers.execute(this::help);
            }
        } catch (RejectedExecutionException _) {
            // Nobody helps while the store closes.
        }
    }

    private void help() {
        if (helping.getAndUpdate(now -> now == CLOSED ? CLOSED : now + 1) == CLOSED) {
            return;
        }
        var sums = new SegmentSums();
        try (var memory = new QueryMemory(budget, HELPER_BYTES);
                var scan = new BatchScan(memory)) {
            for (var entry = next(); entry != null; entry = next()) {
                count(entry, scan, sums);
            }
        } catch (RuntimeException | Error e) {
            next.set(entries.size());
            noteFailure(e, sums);
        } finally {
            addHelped(sums);
            if (helping.decrementAndGet() == 0) {
                LockSupport.unpark(owner);
            }
        }
    }

    /** What a helper has too little memory for, the one that is helped counts. */
    private void count(Entry entry, BatchScan scan, SegmentSums sums) {
        try {
            counting.count(entry, scan, sums);
        } catch (StoreException e) {
            if (e.code() != ErrorCode.OUT_OF_MEMORY) {
                throw e;
            }
            giveBack(entry);
        }
    }

    private synchronized void giveBack(Entry entry) {
        givenBack.add(entry);
    }

    private synchronized void addHelped(SegmentSums sums) {
        helped.add(sums);
    }

    private synchronized void noteFailure(Throwable cause, SegmentSums of) {
        failure = failure == null ? new Failure(cause, of) : failure;
    }

    /** What helpers read is let go next, so an interrupt does not cut this short; it is kept for whoever waits after. */
    private void awaitHelpers() {
        boolean interrupted = false;
        while (!helping.compareAndSet(0, CLOSED)) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            owner.interrupt();
        }
    }

    private synchronized void failIfOneFailed(SegmentSums sums) {
        var failed = failure;
        if (failed == null) {
            return;
        }
        sums.reads(failed.of().reading());
        if (failed.cause() instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failed.cause();
    }
}
