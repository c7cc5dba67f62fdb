package sherd.engine.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.observe.Event;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.ManualClock;

final class FileCommitLogTest {
    private final FaultDisk disk = new FaultDisk();

    @ParameterizedTest
    @EnumSource(SyncPolicy.class)
    void whatWasAppendedIsReplayedInOrderAfterAClose(SyncPolicy sync) {
        List<String> sent = IntStream.range(0, 100).mapToObj(i -> "batch " + i).toList();
        var lsns = new ArrayList<Long>();
        try (var first = new LogHarness(disk, LogHarness.small(sync)).open()) {
            sent.forEach(batch -> lsns.add(appendWhenRoom(first, batch)));
            assertThat(first.log().end()).isEqualTo(lsns.getLast());
        }
        try (var second = new LogHarness(disk, LogHarness.small(sync)).open()) {
            assertThat(second.replayed).isEqualTo(sent);
            assertThat(second.replayedLsns).isEqualTo(lsns);
            assertThat(second.log().end()).isEqualTo(lsns.getLast());
            assertThat(second.log().durable()).isEqualTo(lsns.getLast());
            assertThat(second.events).isEmpty();
        }
        disk.assertAllClosed();
    }

    @Test
    void anLsnCountsTheBytesOfTheStream() {
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.OS)).open()) {
            assertThat(harness.append("abc")).isEqualTo(4 + 3);
            assertThat(harness.append("")).isEqualTo(4 + 3 + 4);
        }
    }

    @Test
    void replayStartsAfterTheCheckpoint() {
        long middle;
        try (var first = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            first.append("covered");
            middle = first.append("covered too");
            first.append("needed");
        }
        try (var second = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open(middle)) {
            assertThat(second.replayed).containsExactly("needed");
        }
    }

    @Test
    void underAlwaysNothingIsAcknowledgedBeforeItIsOnStableStorage() throws Exception {
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            for (int i = 0; i < 20; i++) {
                long lsn = harness.append("batch " + i);
                assertThat(acknowledgement(harness.log(), lsn).get(10, TimeUnit.SECONDS))
                        .isFalse();
                var survivor = disk.survivor(FaultDisk.Survival.SYNCED_ONLY, new SplittableRandom(1));
                try (var after = new LogHarness(survivor, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
                    assertThat(after.replayed).hasSize(i + 1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = SyncPolicy.class,
            names = {"INTERVAL", "OS"})
    void withoutAlwaysAcknowledgementDoesNotWait(SyncPolicy sync) {
        // The clock stands still, so nothing is ever due.
        try (var harness = new LogHarness(disk, LogHarness.small(sync), new ManualClock(0)).open()) {
            long lsn = harness.append("batch");
            assertThat(harness.log().acknowledged()).isEqualTo(lsn);
            assertThat(acknowledgement(harness.log(), lsn)).isCompletedWithValue(false);
            assertThat(harness.log().durable()).isZero();
        }
    }

    @Test
    void underIntervalTheDiskHasItAfterTheInterval() {
        var clock = new ManualClock(0);
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.INTERVAL), clock).open()) {
            long lsn = harness.append("batch");
            clock.advanceMillis(5);
            await(() -> harness.log().durable() == lsn);
            var survivor = disk.survivor(FaultDisk.Survival.SYNCED_ONLY, new SplittableRandom(1));
            try (var after = new LogHarness(survivor, LogHarness.small(SyncPolicy.INTERVAL)).open()) {
                assertThat(after.replayed).containsExactly("batch");
            }
        }
    }

    @Test
    void underOsTheSystemHasItSoonAndNothingIsSynced() {
        var clock = new ManualClock(0);
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.OS), clock).open()) {
            harness.append("batch");
            clock.advanceMillis(FileCommitLog.LINGER_MILLIS);
            await(() -> disk.content(LogLayout.fileName(0)).length > LogLayout.FILE_HEADER_BYTES);
            try (var after = new LogHarness(disk.copy(), LogHarness.small(SyncPolicy.OS)).open()) {
                assertThat(after.replayed).containsExactly("batch");
            }
            assertThat(harness.log().durable()).isZero();
            harness.log().sync();
            assertThat(harness.log().durable()).isEqualTo(harness.log().end());
        }
    }

    @Test
    void manyThreadsShareSyncsAndKeepTheirOwnOrder() throws Exception {
        int threads = 8;
        int each = 200;
        try (var harness = new LogHarness(disk, new LogConfig(SyncPolicy.ALWAYS, 5, 1 << 20, 1 << 16)).open()) {
            var running = new ArrayList<Thread>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                running.add(Thread.ofPlatform().start(() -> appendMany(harness.log(), thread, each)));
            }
            for (Thread thread : running) {
                thread.join();
            }
        }
        try (var after = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            assertThat(after.replayed).hasSize(threads * each);
            for (int t = 0; t < threads; t++) {
                String prefix = t + ":";
                assertThat(after.replayed.stream().filter(batch -> batch.startsWith(prefix)))
                        .containsExactlyElementsOf(IntStream.range(0, each)
                                .mapToObj(i -> prefix + i)
                                .toList());
            }
        }
    }

    @Test
    void batchesThatGatherShareOneWriteAndOneSync() {
        var clock = new ManualClock(0);
        var config = new LogConfig(SyncPolicy.INTERVAL, 5, 1 << 20, 1 << 16);
        try (var harness = new LogHarness(disk, config, clock).open()) {
            long before = disk.steps();
            for (int i = 0; i < 100; i++) {
                harness.append("batch " + i);
            }
            harness.log().sync();
            assertThat(disk.steps() - before).isEqualTo(2);
        }
    }

    @Test
    void aNewFileIsBegunWhenTheOldOneIsFullAndOldOnesGoWhenAllowed() {
        long third;
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            for (int i = 0; i < 20; i++) {
                harness.append("x".repeat(150));
                harness.log().sync();
            }
            List<String> files = disk.files();
            assertThat(files).hasSizeGreaterThan(3);
            third = LogLayout.lsnOfName(files.get(2).substring(4));
            harness.log().truncateBefore(third - 1);
            assertThat(disk.files()).isEqualTo(files.subList(1, files.size()));
            harness.log().truncateBefore(third);
            assertThat(disk.files()).isEqualTo(files.subList(2, files.size()));
            assertThat(harness.log().retainedBytes()).isEqualTo(harness.log().end() - third);
            harness.log().truncateBefore(Long.MAX_VALUE);
            assertThat(disk.files()).containsExactly(files.getLast());
        }
    }

    @Test
    void aLogCutOffBeforeTheCheckpointIsRefused() {
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            for (int i = 0; i < 20; i++) {
                harness.append("x".repeat(150));
                harness.log().sync();
            }
            harness.log().truncateBefore(Long.MAX_VALUE);
        }
        assertRefused(disk, 0, "is missing from lsn=0");
        assertRefused(disk, 1 << 20, "a checkpoint says it reached lsn=1048576");
        assertRefused(new FaultDisk(), 7, "there are no log files");
    }

    @Test
    void whatComesAfterACalmSecondIsReplayedAsBefore() throws InterruptedException {
        var config = new LogConfig(SyncPolicy.OS, 100, 64 << 20, 4 << 20);
        var expected = new ArrayList<String>();
        try (var log = new LogHarness(disk, config).open()) {
            for (int burst = 0; burst < 2; burst++) {
                for (int i = 0; i < 2_000; i++) {
                    var batch = "burst " + burst + " batch " + i + "x".repeat(200);
                    expected.add(batch);
                    log.append(batch);
                }
                Thread.sleep(1_500); // longer than a calm log waits before its buffers rest
            }
        }
        try (var log = new LogHarness(disk, config).open()) {
            assertThat(log.replayed).isEqualTo(expected);
        }
    }

    @Test
    void aBatchLargerThanTheBufferIsTakenWhole() {
        String large = "y".repeat(100_000);
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            appendWhenRoom(harness, "before");
            appendWhenRoom(harness, large);
            appendWhenRoom(harness, "after");
        }
        try (var after = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            assertThat(after.replayed).containsExactly("before", large, "after");
        }
    }

    @Test
    void aBatchWhoseEndCameFirstIsReplayedWholeAndInItsPlace() {
        var end = "z".repeat(100_000);
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            var log = harness.log();
            var tail = Objects.requireNonNull(log.tail(100, end.length()));
            OffHeap.copy(end.getBytes(UTF_8), 0, tail.address(), end.length());
            long before = appendWhenRoom(harness, "before");
            var head = "the beginning of ".getBytes(UTF_8);
            OffHeap.copy(head, 0, harness.scratch.address(), head.length);
            long lsn = log.append(harness.scratch.address(), head.length, tail);
            tail.close();
            assertThat(lsn).isEqualTo(before + 4 + head.length + end.length());
            appendWhenRoom(harness, "after");
        }
        try (var after = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            assertThat(after.replayed).containsExactly("before", "the beginning of " + end, "after");
        }
    }

    @Test
    void theEndOfABatchThatNeverComesLeavesNoTrace() {
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            try (var tail = Objects.requireNonNull(harness.log().tail(100, 1 << 20))) {
                OffHeap.fill(tail.address(), 1 << 20, (byte) 1);
            }
            assertThat(harness.log().tail(100, 100 << 20))
                    .as("beyond the limit")
                    .isNull();
            assertThat(harness.log().tail(100, 100)).as("not long").isNull();
            assertThat(harness.log().end()).isZero();
        }
    }

    @Test
    void aBatchThatTheMemoryLimitHasNoRoomForIsRefusedAndLeavesNoTrace() {
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            harness.scratch.ensure(40 << 20);
            long used = harness.budget.usedBytes();
            assertThatThrownBy(() -> harness.log().append(harness.scratch.address(), 40 << 20))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
            assertThat(harness.budget.usedBytes()).isEqualTo(used);
            assertThat(harness.log().end()).isZero();
        }
    }

    @Test
    void aLongBatchUnderWayKeepsOnlyLongOnesWaiting() throws Exception {
        int bytes = 3000;
        var sent = List.of("x".repeat(bytes), "short");
        var room = new CountDownLatch(1);
        var stuck = new StuckDisk(disk);
        try (var harness = new LogHarness(stuck, LogHarness.small(SyncPolicy.OS)).open()) {
            stuck.stick();
            boolean longWaited;
            boolean shortWaited;
            try {
                harness.append(sent.getFirst());
                harness.log().whenUncongested(bytes, room::countDown);
                harness.append(sent.getLast());
                longWaited = harness.log().congested(bytes) && room.getCount() == 1;
                shortWaited = harness.log().congested();
            } finally {
                stuck.release();
            }
            assertThat(longWaited).isTrue();
            assertThat(shortWaited).isFalse();
            assertThat(room.await(10, TimeUnit.SECONDS)).isTrue();
            harness.log().sync();
            assertThat(harness.log().congested(bytes)).isFalse();
            try (var after = new LogHarness(disk.copy(), LogHarness.small(SyncPolicy.OS)).open()) {
                assertThat(after.replayed).isEqualTo(sent);
            }
        }
    }

    @Test
    void aFullBufferRefusesAndTellsWhenThereIsRoomAgain() throws Exception {
        var stuck = new StuckDisk(disk);
        try (var harness = new LogHarness(stuck, LogHarness.small(SyncPolicy.OS)).open()) {
            stuck.stick();
            var sent = new ArrayList<String>();
            while (!harness.log().congested()) {
                sent.add("batch " + sent.size());
                harness.append(sent.getLast());
            }
            var room = new CountDownLatch(1);
            harness.log().whenUncongested(room::countDown);
            assertThatThrownBy(() -> appendForEver(harness, sent))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LOG_BEHIND));
            assertThat(room.getCount()).isOne();
            stuck.release();
            assertThat(room.await(10, TimeUnit.SECONDS)).isTrue();
            harness.log().sync();
            sent.add("later");
            harness.append("later");
            harness.log().sync();
            try (var after = new LogHarness(disk.copy(), LogHarness.small(SyncPolicy.OS)).open()) {
                assertThat(after.replayed).isEqualTo(sent);
            }
        }
    }

    @Test
    void aFailedSyncLeavesWaitersInDoubtAndIsNeverTriedAgain() throws Exception {
        var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open();
        harness.append("good");
        harness.log().sync();
        long durable = harness.log().durable();
        disk.failAt(disk.steps() + 2, FaultDisk.Fault.FAIL_ONCE);
        long lsn = harness.append("lost");
        assertThat(acknowledgement(harness.log(), lsn).get(10, TimeUnit.SECONDS))
                .isTrue();
        long steps = disk.steps();
        assertThatThrownBy(() -> harness.append("refused")).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.LOG_FAILED);
            assertThat(e).hasMessageContaining("restart the node");
        });
        assertThatThrownBy(() -> harness.log().sync()).isInstanceOf(StoreException.class);
        assertThat(harness.log().durable()).isEqualTo(durable);
        assertThat(acknowledgement(harness.log(), durable)).isCompletedWithValue(false);
        assertThat(acknowledgement(harness.log(), lsn)).isCompletedWithValue(true);
        assertThat(harness.log().congested()).isFalse();
        harness.close();
        assertThat(disk.steps()).isEqualTo(steps);
        assertThat(harness.events).hasSize(1).first().isInstanceOf(Event.LogFailed.class);
        disk.assertAllClosed();
    }

    @Test
    void aFullDiskIsNamedAsSuch() {
        disk.limit(300);
        var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open();
        harness.append("x".repeat(400));
        assertThatThrownBy(() -> harness.log().sync()).hasMessageContaining("the disk is full");
        harness.close();
        disk.limit(Long.MAX_VALUE);
        try (var after = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            assertThat(after.replayed).isEmpty();
            assertThat(after.events).hasSize(1).first().isInstanceOf(Event.TornTailCut.class);
        }
    }

    @Test
    void aClosedLogRefusesAndClosesOnlyOnce() {
        var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.OS)).open();
        harness.append("kept");
        harness.log().close();
        long steps = disk.steps();
        assertThatThrownBy(() -> harness.append("refused"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        harness.close();
        assertThat(disk.steps()).isEqualTo(steps);
    }

    @Test
    void aCallbackThatThrowsHarmsNobodyElse() throws Exception {
        var stuck = new StuckDisk(disk);
        try (var harness = new LogHarness(stuck, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            stuck.stick();
            long lsn = harness.append("batch");
            harness.log().whenAcknowledged(lsn, _ -> {
                throw new IllegalStateException("careless");
            });
            var other = acknowledgement(harness.log(), lsn);
            stuck.release();
            assertThat(other.get(10, TimeUnit.SECONDS)).isFalse();
            assertThat(harness.events).hasSize(1).first().isInstanceOf(Event.Warning.class);
        }
    }

    @Test
    void aRealFolderWorksTheSame(@TempDir Path folder) throws Exception {
        var local = new LocalDisk(folder);
        List<String> sent = Collections.nCopies(500, "z".repeat(200));
        try (var harness = new LogHarness(local, new LogConfig(SyncPolicy.INTERVAL, 5, 8192, 1 << 16)).open()) {
            for (String batch : sent) {
                appendWhenRoom(harness, batch);
            }
        }
        try (var after = new LogHarness(local, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            assertThat(after.replayed).isEqualTo(sent);
            assertThat(LogCheck.check(local, new MemoryBudget(1 << 30), 0).faults())
                    .isEmpty();
        }
    }

    private static void assertRefused(FaultDisk disk, long fromLsn, String words) {
        var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS));
        assertThatThrownBy(() -> harness.open(fromLsn)).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_LOG);
            assertThat(e).hasMessageContaining(words).hasMessageContaining("restore");
        });
        harness.close();
        disk.assertAllClosed();
    }

    private static void appendForEver(LogHarness harness, List<String> sent) {
        while (true) {
            String batch = "batch " + sent.size();
            harness.append(batch);
            sent.add(batch);
        }
    }

    private static void appendMany(CommitLog log, int thread, int count) {
        var budget = new MemoryBudget(1 << 20);
        try (var scratch = new Region(budget, MemoryBudget.Purpose.NETWORK, 64)) {
            for (int i = 0; i < count; i++) {
                byte[] bytes = (thread + ":" + i).getBytes(StandardCharsets.UTF_8);
                OffHeap.copy(bytes, 0, scratch.address(), bytes.length);
                long lsn = log.append(scratch.address(), bytes.length);
                if (acknowledgement(log, lsn).join()) {
                    throw new AssertionError("in doubt");
                }
            }
        }
    }

    private static long appendWhenRoom(LogHarness harness, String batch) {
        var room = new CompletableFuture<Boolean>();
        harness.log().whenUncongested(() -> room.complete(true));
        room.join();
        return harness.append(batch);
    }

    private static CompletableFuture<Boolean> acknowledgement(CommitLog log, long lsn) {
        var future = new CompletableFuture<Boolean>();
        log.whenAcknowledged(lsn, future::complete);
        return future;
    }

    private static void await(BooleanSupplier condition) {
        for (int i = 0; i < 10_000 && !condition.getAsBoolean(); i++) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
