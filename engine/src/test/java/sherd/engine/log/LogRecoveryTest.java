package sherd.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.sim.FaultDisk;
import sherd.engine.sim.FaultDisk.Fault;
import sherd.engine.sim.FaultDisk.Survival;
import sherd.engine.sim.SimulatedCrash;

/** The same short life of a log, with every kind of trouble at every step, and every kind of morning after. */
final class LogRecoveryTest {
    private static final int RANDOM_MORNINGS = 5;

    /** What the life promised to callers before the trouble came. */
    private static final class Promises {
        final List<String> sent = new ArrayList<>();
        final List<Long> lsns = new ArrayList<>();
        int safe;
        long checkpoint;

        int covered() {
            return (int) lsns.stream().filter(lsn -> lsn <= checkpoint).count();
        }
    }

    @ParameterizedTest
    @EnumSource(SyncPolicy.class)
    void everyFaultAtEveryStepLeavesAPrefixThatHoldsAllPromises(SyncPolicy sync) throws Exception {
        int troubles = 0;
        for (Fault fault : Fault.values()) {
            long step = 0;
            boolean struck = true;
            while (struck) {
                step++;
                var disk = new FaultDisk();
                disk.failAt(step, fault);
                var promises = new Promises();
                struck = !live(disk, sync, promises);
                // Without ALWAYS the number of writes is a matter of timing, and the last steps may not come.
                disk.assertAllClosed();
                everyMorningAfter(disk, sync, promises, fault + " at step " + step);
                troubles++;
            }
        }
        assertThat(troubles).isGreaterThan(100);
    }

    /** Returns whether it went through without trouble. */
    private static boolean live(FaultDisk disk, SyncPolicy sync, Promises promises) {
        try {
            session(disk, sync, promises, 21);
            session(disk, sync, promises, 0);
            session(disk, sync, promises, 7);
            return true;
        } catch (StoreException | SimulatedCrash e) {
            return false;
        }
    }

    private static void session(FaultDisk disk, SyncPolicy sync, Promises promises, int batches) {
        CommitLog log;
        try (var harness = new LogHarness(disk, LogHarness.small(sync)).open(promises.checkpoint)) {
            log = harness.log();
            assertThat(harness.replayed).isEqualTo(promises.sent.subList(promises.covered(), promises.sent.size()));
            for (int i = 0; i < batches; i++) {
                String batch = "batch " + promises.sent.size() + "-".repeat(i * i * 20 % 401);
                promises.lsns.add(harness.append(batch));
                promises.sent.add(batch);
                if (sync == SyncPolicy.ALWAYS && i % 3 != 0) {
                    awaitPromise(harness.log(), promises);
                } else if (i % 8 == 7) {
                    harness.log().sync();
                    promises.safe = promises.sent.size();
                }
                if (i == 12) {
                    harness.log().sync();
                    promises.safe = promises.sent.size();
                    promises.checkpoint = promises.lsns.get(promises.sent.size() - 3);
                    harness.log().truncateBefore(promises.checkpoint);
                }
            }
        }
        // A log that had failed before it was closed has told so and closes in silence.
        if (log.durable() == log.end()) {
            promises.safe = promises.sent.size();
        }
    }

    private static void awaitPromise(CommitLog log, Promises promises) {
        var fate = new CompletableFuture<Boolean>();
        log.whenAcknowledged(promises.lsns.getLast(), fate::complete);
        if (!fate.join()) {
            promises.safe = promises.sent.size();
        }
    }

    private static void everyMorningAfter(FaultDisk disk, SyncPolicy sync, Promises promises, String what)
            throws Exception {
        for (Survival survival : Survival.values()) {
            int mornings = survival == Survival.RANDOM ? RANDOM_MORNINGS : 1;
            for (int seed = 0; seed < mornings; seed++) {
                var after = disk.survivor(survival, new SplittableRandom(seed));
                try {
                    morningAfter(after, sync, promises, survival);
                } catch (AssertionError | StoreException e) {
                    throw new AssertionError(what + ", " + survival + " seed " + seed + ": " + e.getMessage(), e);
                }
            }
        }
    }

    private static void morningAfter(FaultDisk disk, SyncPolicy sync, Promises promises, Survival survival)
            throws Exception {
        var budget = new MemoryBudget(1 << 30);
        var checked = new ArrayList<Long>();
        var report = LogCheck.check(disk, budget, promises.checkpoint, (lsn, address, length) -> checked.add(lsn));
        if (survival == Survival.SYNCED_ONLY) {
            assertThat(report.faults()).isEmpty();
        }
        List<String> replayed;
        try (var harness = new LogHarness(disk, LogHarness.small(sync)).open(promises.checkpoint)) {
            replayed = List.copyOf(harness.replayed);
            List<String> expected = promises.sent.subList(promises.covered(), promises.sent.size());
            assertThat(replayed.size()).isLessThanOrEqualTo(expected.size());
            assertThat(replayed).isEqualTo(expected.subList(0, replayed.size()));
            assertThat(replayed.size()).isGreaterThanOrEqualTo(promises.safe - promises.covered());
            assertThat(checked).isEqualTo(harness.replayedLsns);
            if (survival == Survival.EVERYTHING && report.notes().isEmpty()) {
                assertThat(harness.events).isEmpty();
            }
            harness.append("the day after");
        }
        disk.assertAllClosed();
        // What the check calls damage and the start takes for a trace of the crash is cut, and is not gone.
        assertThat(disk.files().stream().anyMatch(name -> name.endsWith(".cut")))
                .isEqualTo(!report.faults().isEmpty());
        assertThat(LogCheck.check(disk, budget, promises.checkpoint))
                .satisfies(clean -> assertThat(clean.faults()).isEmpty())
                .satisfies(clean -> assertThat(clean.notes())
                        .allMatch(note -> LogLayout.isKeptName(note.file().substring(4))));
        try (var harness = new LogHarness(disk, LogHarness.small(sync)).open(promises.checkpoint)) {
            assertThat(harness.replayed.subList(0, replayed.size())).isEqualTo(replayed);
            assertThat(harness.replayed).hasSize(replayed.size() + 1).endsWith("the day after");
            assertThat(harness.events).isEmpty();
        }
    }
}
