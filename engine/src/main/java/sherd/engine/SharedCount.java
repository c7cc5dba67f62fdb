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
import sherd.engine.time.Clock;

/**
 * Segments whose rows are only counted, in any order. One thread begins; if that takes long, threads that have nothing
 * else to do join in. It never waits for one that has not begun, so that whoever asks may be such a thread too.
 */
final class SharedCount<T> {
    /** Counts what one segment has. */
    interface Counting<T> {
        void count(T segment, BatchScan scan, SegmentSums sums);
    }

    /** One, if there is a processor for it: the workers have others to serve meanwhile. */
    static final int USUAL_HELPERS = Math.clamp(Runtime.getRuntime().availableProcessors() - 1L, 0, 1);

    /** Who counts for so long is helped. */
    private static final long ALONE_NANOS = 3_000_000;

    /** What all helpers hold is less than what the query itself may. */
    private static final long HELPER_BYTES = QueryMemory.USUAL_BYTES / 4;

    /** In place of a number of threads: none may begin any more. */
    private static final int CLOSED = -1;

    private final List<T> segments;
    private final Counting<T> counting;
    private final MemoryBudget budget;
    private final int mostHelpers;
    private final Thread owner = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    /** Helpers that have begun and not ended. */
    private final AtomicInteger helping = new AtomicInteger();

    private final SegmentSums helped = new SegmentSums();
    private final List<T> givenBack = new ArrayList<>();
    private @Nullable Failure failure;

    private record Failure(Throwable cause, SegmentSums of) {}

    SharedCount(List<T> segments, Counting<T> counting, MemoryBudget budget, int mostHelpers) {
        this.segments = segments;
        this.counting = counting;
        this.budget = budget;
        this.mostHelpers = mostHelpers;
    }

    /** Returns when all is counted; what was found is added up. Only by the thread that made this. */
    void run(BatchScan scan, SegmentSums sums, Clock clock, Executor helpers) {
        long began = clock.nanoTime();
        boolean alone = mostHelpers > 0;
        try {
            for (var segment = next(); segment != null; segment = next()) {
                counting.count(segment, scan, sums);
                if (alone && clock.nanoTime() - began > ALONE_NANOS && next.get() + 1 < segments.size()) {
                    alone = false;
                    callHelpers(helpers);
                }
            }
        } finally {
            next.set(segments.size());
            awaitHelpers();
        }
        failIfOneFailed(sums);
        givenBack.forEach(segment -> counting.count(segment, scan, sums));
        sums.add(helped);
    }

    private @Nullable T next() {
        int index = next.getAndIncrement();
        return index < segments.size() ? segments.get(index) : null;
    }

    private void callHelpers(Executor helpers) {
        try {
            for (int i = 0; i < mostHelpers; i++) {
                helpers.execute(this::help);
            }
        } catch (RejectedExecutionException _) {
            // Nobody helps while the store closes.
        }
    }

    private void help() {
        var sums = new SegmentSums(); // before this counts as one that helps
        if (helping.getAndUpdate(now -> now == CLOSED ? CLOSED : now + 1) == CLOSED) {
            return;
        }
        try (var memory = new QueryMemory(budget, HELPER_BYTES);
                var scan = new BatchScan(memory)) {
            var segment = next();
            while (segment != null && helpCount(segment, scan, sums)) {
                segment = next();
            }
        } catch (RuntimeException | Error e) {
            next.set(segments.size());
            noteFailure(e, sums);
        } finally {
            addHelped(sums);
            if (helping.decrementAndGet() == 0) {
                LockSupport.unpark(owner);
            }
        }
    }

    /** What a helper has too little memory for, the one that is helped counts; false if that is so. */
    private boolean helpCount(T segment, BatchScan scan, SegmentSums sums) {
        try {
            counting.count(segment, scan, sums);
            return true;
        } catch (StoreException e) {
            if (e.code() != ErrorCode.OUT_OF_MEMORY) {
                throw e;
            }
            giveBack(segment);
            return false;
        }
    }

    private synchronized void giveBack(T segment) {
        givenBack.add(segment);
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
