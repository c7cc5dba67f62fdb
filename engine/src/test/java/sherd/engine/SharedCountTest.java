package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sherd.engine.archive.BatchScan;
import sherd.engine.archive.SegmentSearch;
import sherd.engine.archive.index.QueryMemory;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.time.ManualClock;

/** Numbers stand for segments that have as many rows. */
final class SharedCountTest {
    private static final List<Integer> SEGMENTS = List.of(1, 2, 4, 8, 16, 32);

    private final MemoryBudget budget = new MemoryBudget(64 << 20);
    private final ManualClock clock = new ManualClock(0);
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private final Thread owner = Thread.currentThread();
    private final CountDownLatch helped = new CountDownLatch(1);

    @AfterEach
    void nothingIsLeft() {
        pool.close();
        assertThat(budget.usedBytes()).isZero();
    }

    private long run(SharedCount.Counting<Integer> counting, Executor helpers) {
        var sums = new SegmentSums();
        try (var memory = new QueryMemory(budget, QueryMemory.USUAL_BYTES);
                var scan = new BatchScan(memory)) {
            new SharedCount<>(SEGMENTS, counting, budget, 2).run(scan, sums, clock, helpers);
        }
        return sums.total();
    }

    private static void found(SegmentSums sums, int rows) {
        sums.found(new SegmentSearch.Stats(rows, 0, 0, 0, Optional.empty()));
    }

    private boolean isHelper() {
        return Thread.currentThread() != owner;
    }

    /** The owner goes on with its second segment when a helper has had one. */
    private void awaitHelp(int segment) {
        try {
            if (!isHelper() && segment > 1 && !owner.isInterrupted()) {
                assertThat(helped.await(20, TimeUnit.SECONDS))
                        .as("somebody helped")
                        .isTrue();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void helpersTakeWhatIsLeftAndAllIsAddedUp() {
        assertThat(run(
                        (segment, scan, sums) -> {
                            clock.advanceMillis(10);
                            awaitHelp(segment);
                            found(sums, segment);
                            if (isHelper()) {
                                helped.countDown();
                            }
                        },
                        pool))
                .isEqualTo(63);
    }

    @Test
    void whoIsQuickIsNotHelped() {
        assertThat(run(
                        (segment, scan, sums) -> {
                            assertThat(isHelper()).isFalse();
                            found(sums, segment);
                        },
                        pool))
                .isEqualTo(63);
    }

    @Test
    void itDoesNotWaitForHelpersThatDoNotBegin() {
        var late = new ArrayList<Runnable>();
        SharedCount.Counting<Integer> slow = (segment, scan, sums) -> {
            clock.advanceMillis(10);
            assertThat(isHelper()).isFalse();
            found(sums, segment);
        };
        assertThat(run(slow, late::add)).isEqualTo(63);
        assertThat(late).hasSize(2);
        late.forEach(pool::execute);
        assertThat(run(slow, helper -> {
                    throw new RejectedExecutionException("closing");
                }))
                .isEqualTo(63);
    }

    @Test
    void theFailureOfAHelperIsThatOfTheSearch() {
        assertThatThrownBy(() -> run(
                        (segment, scan, sums) -> {
                            clock.advanceMillis(10);
                            if (isHelper()) {
                                helped.countDown();
                                throw new StoreException(ErrorCode.CORRUPT_SEGMENT, "segment " + segment);
                            }
                            awaitHelp(segment);
                        },
                        pool))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
    }

    @Test
    void whatAHelperHasNoMemoryForIsCountedByTheOwner() {
        assertThat(run(
                        (segment, scan, sums) -> {
                            clock.advanceMillis(10);
                            if (isHelper()) {
                                helped.countDown();
                                throw new StoreException(ErrorCode.OUT_OF_MEMORY, "segment " + segment);
                            }
                            awaitHelp(segment);
                            found(sums, segment);
                        },
                        pool))
                .isEqualTo(63);
    }

    @Test
    void anInterruptEndsNoWaitAndIsKept() {
        assertThat(run(
                        (segment, scan, sums) -> {
                            clock.advanceMillis(10);
                            if (isHelper()) {
                                helped.countDown();
                                awaitThatTheOwnerWaits();
                            } else if (segment > 1) {
                                awaitHelp(segment);
                                owner.interrupt();
                            }
                            found(sums, segment);
                        },
                        pool))
                .isEqualTo(63);
        assertThat(Thread.interrupted()).isTrue();
    }

    private void awaitThatTheOwnerWaits() {
        long until = System.nanoTime() + 20_000_000_000L;
        while (owner.getState() != Thread.State.WAITING || owner.isInterrupted()) {
            assertThat(System.nanoTime()).as("time until the owner waits").isLessThan(until);
            Thread.onSpinWait();
        }
    }
}
