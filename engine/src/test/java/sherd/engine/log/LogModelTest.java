package sherd.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.sim.FaultDisk;
import sherd.engine.sim.FaultDisk.Survival;

/** Random lives with random ends, against a list. Run one again with {@code -Dsherd.seed=N}. */
final class LogModelTest {
    private static final int LIVES = 60;

    private final List<String> sent = new ArrayList<>();
    private final List<Long> lsns = new ArrayList<>();
    private long checkpoint;

    @Test
    void aLogIsAListThatForgetsOnlyUnsyncedEnds() throws Exception {
        long seed = Long.getLong("sherd.seed", System.nanoTime());
        var random = new Random(seed);
        String step = "start";
        try {
            var disk = new FaultDisk();
            for (int i = 0; i < LIVES; i++) {
                step = "life " + i;
                disk = life(disk, random);
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed=" + seed + " " + step + ": " + e.getMessage(), e);
        }
    }

    private FaultDisk life(FaultDisk disk, Random random) throws Exception {
        var policies = List.of(SyncPolicy.values());
        var config = new LogConfig(
                policies.get(random.nextInt(policies.size())),
                1 + random.nextInt(5),
                200 + random.nextInt(3000),
                1024 << random.nextInt(5));
        int safe;
        try (var harness = new LogHarness(disk, config).open(checkpoint)) {
            assertThat(harness.replayed).isEqualTo(sent.subList(covered(), sent.size()));
            assertThat(harness.log().end()).isEqualTo(lsns.isEmpty() ? 0 : lsns.getLast());
            safe = sent.size();
            int calls = random.nextInt(60);
            for (int i = 0; i < calls; i++) {
                if (random.nextInt(8) == 0) {
                    harness.log().sync();
                    safe = sent.size();
                } else if (random.nextInt(20) == 0 && safe > covered()) {
                    checkpoint = lsns.get(covered() + random.nextInt(safe - covered()));
                    harness.log().truncateBefore(checkpoint);
                } else {
                    append(harness, random);
                }
            }
            if (random.nextInt(4) > 0) {
                disk.crash();
                // Closing only joins the writer now; whether the log notices that it has failed is chance.
                Throwable thrown = catchThrowable(harness.log()::close);
                if (thrown != null) {
                    assertThat(thrown).hasMessageContaining("simulated crash");
                }
            }
        }
        disk.assertAllClosed();
        if (!disk.isCrashed()) {
            return disk;
        }
        var survivals = List.of(Survival.values());
        var next = disk.survivor(survivals.get(random.nextInt(survivals.size())), random);
        forgetTheEnd(next, safe);
        return next;
    }

    private void append(LogHarness harness, Random random) {
        if (harness.log().congested()) {
            harness.log().sync();
        }
        int kind = random.nextInt(12);
        int length = kind == 0 ? random.nextInt(20_000) : kind == 1 ? 0 : random.nextInt(200);
        String batch = (sent.size() + "/" + length + " " + "b".repeat(length)).substring(0, length);
        lsns.add(harness.append(batch));
        sent.add(batch);
    }

    /** What may be gone is at the end, and at most what was not synced. */
    private void forgetTheEnd(FaultDisk disk, int safe) throws Exception {
        var kept = new ArrayList<Long>();
        LogCheck.check(disk, new MemoryBudget(1 << 30), checkpoint, (lsn, address, length) -> kept.add(lsn));
        int size = covered() + kept.size();
        assertThat(size).isBetween(safe, sent.size());
        sent.subList(size, sent.size()).clear();
        lsns.subList(size, lsns.size()).clear();
        assertThat(kept).isEqualTo(lsns.subList(covered(), lsns.size()));
    }

    private int covered() {
        return (int) lsns.stream().filter(lsn -> lsn <= checkpoint).count();
    }
}
