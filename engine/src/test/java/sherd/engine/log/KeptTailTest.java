package sherd.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Event;
import sherd.engine.sim.FaultDisk;
import sherd.engine.sim.FaultDisk.Fault;
import sherd.engine.sim.FaultDisk.Survival;
import sherd.engine.sim.SimulatedCrash;

/** A log that was never synced, of a killed process, with a byte that changed in the middle: what is cut is kept. */
final class KeptTailTest {
    private static final int BATCHES = 7;
    private static final int DAMAGED = 3;
    private static final String LOG = LogLayout.fileName(0);
    private static final LogConfig CONFIG = new LogConfig(SyncPolicy.OS, 5, 1 << 20, 4096);

    private final MemoryBudget budget = new MemoryBudget(1 << 30);
    private final List<String> sent = new ArrayList<>();
    private final List<Integer> frames = new ArrayList<>();

    /** Leaves one frame a batch behind, none of them synced. */
    private FaultDisk killed(FaultDisk disk, int batches) throws IOException {
        try (var harness = new LogHarness(disk, CONFIG).open()) {
            frames.clear();
            for (int i = 0; i < batches; i++) {
                frames.add(disk.content(LOG).length);
                sent.add("batch " + sent.size() + "-".repeat(50));
                long lsn = harness.append(sent.getLast());
                while (LogCheck.check(disk.copy(), budget, 0).endLsn() < lsn) {
                    LockSupport.parkNanos(100_000);
                }
            }
            assertThat(harness.log().durable()).isZero();
            return disk.copy();
        }
    }

    private FaultDisk damaged() throws IOException {
        var disk = killed(new FaultDisk(), BATCHES);
        disk.flip(LOG, frames.get(DAMAGED) + 40, 2);
        return disk;
    }

    private byte[] tail(FaultDisk disk, int from) {
        byte[] content = disk.content(LOG);
        byte[] tail = Arrays.copyOf(content, LogLayout.FILE_HEADER_BYTES + content.length - from);
        System.arraycopy(content, from, tail, LogLayout.FILE_HEADER_BYTES, content.length - from);
        return tail;
    }

    private static List<String> kept(FaultDisk disk) {
        return disk.files().stream().filter(name -> name.endsWith(".cut")).toList();
    }

    private static Map<String, String> contents(FaultDisk disk) {
        var contents = new TreeMap<String, String>();
        disk.files().forEach(name -> contents.put(name, Arrays.toString(disk.content(name))));
        return contents;
    }

    @Test
    void aByteThatChangedInTheMiddleStopsNoStartAndCostsNoLaterByte() throws IOException {
        for (int frame = 0; frame < BATCHES; frame++) {
            sent.clear();
            var disk = killed(new FaultDisk(), BATCHES);
            int at = frames.get(frame);
            disk.flip(LOG, at + 33, 5);
            byte[] whole = disk.content(LOG);
            byte[] tail = tail(disk, at);
            try (var harness = new LogHarness(disk, CONFIG).open()) {
                assertThat(harness.replayed).isEqualTo(sent.subList(0, frame));
                assertThat(kept(disk)).hasSize(1);
                long lsn = harness.replayedLsns.isEmpty() ? 0 : harness.replayedLsns.getLast();
                assertThat(harness.events)
                        .containsExactly(new Event.TornTailCut(
                                LOG,
                                lsn,
                                tail.length - LogLayout.FILE_HEADER_BYTES,
                                kept(disk).getFirst()));
            }
            assertThat(disk.content(kept(disk).getFirst())).isEqualTo(tail);
            if (frame > 0) { // else the file is used again
                assertThat(disk.content(LOG)).isEqualTo(Arrays.copyOf(whole, at));
            }
            assertKeptAndSound(disk, sent.subList(0, frame), tail);
        }
        assertThat(budget.usedBytes()).isZero();
    }

    /** No faults, one note that names the file, and a start that says nothing and leaves it alone. */
    private void assertKeptAndSound(FaultDisk disk, List<String> batches, byte[] tail) throws IOException {
        var report = LogCheck.check(disk, budget, 0);
        assertThat(report.faults()).isEmpty();
        assertThat(report.notes()).hasSize(1);
        assertThat(report.notes().getFirst().file()).isEqualTo(kept(disk).getFirst());
        assertThat(report.notes().getFirst().problem())
                .startsWith("kept of what")
                .doesNotContain("no longer what");
        try (var harness = new LogHarness(disk, CONFIG).open()) {
            assertThat(harness.replayed).isEqualTo(batches);
            assertThat(harness.events).isEmpty();
            long lsn = harness.append("after");
            harness.log().sync();
            harness.log().truncateBefore(lsn);
        }
        assertThat(kept(disk)).hasSize(1);
        assertThat(disk.content(kept(disk).getFirst())).isEqualTo(tail);
        disk.assertAllClosed();
    }

    @Test
    void aTailLargerThanOneReadIsKeptWhole() throws IOException {
        var disk = killed(new FaultDisk(), 2);
        byte[] content = disk.content(LOG);
        byte[] grown = Arrays.copyOf(content, content.length + 2 * LogWindow.BYTES + 17);
        Arrays.fill(grown, content.length, grown.length, (byte) 0x5a);
        grown[grown.length - 1] = 1;
        disk.put(LOG, grown);
        byte[] tail = tail(disk, content.length);
        try (var harness = new LogHarness(disk, CONFIG).open()) {
            assertThat(harness.replayed).isEqualTo(sent);
        }
        assertThat(disk.content(kept(disk).getFirst())).isEqualTo(tail);
    }

    /** The file is used again when nothing is left of it, so the second cut is at the same LSN of the same file. */
    @Test
    void aSecondCutAtTheSamePlaceDoesNotReplaceWhatTheFirstKept() throws IOException {
        var disk = killed(new FaultDisk(), 2);
        disk.flip(LOG, frames.getFirst() + 40, 0);
        byte[] first = tail(disk, frames.getFirst());
        var again = killed(disk, 3);
        assertThat(kept(again)).hasSize(1);
        again.flip(LOG, frames.getFirst() + 40, 0);
        byte[] second = tail(again, frames.getFirst());
        assertThat(second).startsWith(Arrays.copyOf(first, LogLayout.FILE_HEADER_BYTES));
        try (var harness = new LogHarness(again, CONFIG).open()) {
            assertThat(harness.replayed).isEmpty();
        }
        assertThat(kept(again).stream().map(again::content)).containsExactlyInAnyOrder(first, second);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void nothingIsLostWhateverGoesWrongAtAnyStepOfTheStart(Fault fault) throws IOException {
        var sound = damaged();
        byte[] tail = tail(sound, frames.get(DAMAGED));
        var expected = sent.subList(0, DAMAGED);
        boolean struck = true;
        int step = 0;
        while (struck) {
            step++;
            for (var survival : Survival.values()) {
                var disk = sound.copy();
                disk.failAt(step, fault);
                struck = !starts(disk);
                var after = disk.survivor(survival, new SplittableRandom(step));
                try {
                    try (var harness = new LogHarness(after, CONFIG).open()) {
                        assertThat(harness.replayed).isEqualTo(expected);
                    }
                    assertThat(kept(after)).hasSize(1);
                    assertThat(after.files()).allMatch(name -> name.endsWith(".cut") || name.endsWith(".log"));
                    assertThat(after.content(kept(after).getFirst())).isEqualTo(tail);
                    assertKeptAndSound(after, expected, tail);
                } catch (AssertionError | StoreException e) {
                    throw new AssertionError(fault + " at step " + step + ", " + survival + ": " + e.getMessage(), e);
                }
            }
        }
        assertThat(step).as("steps of a start").isGreaterThan(8);
    }

    /** Returns whether it opened and closed without trouble. */
    private static boolean starts(FaultDisk disk) {
        try (var harness = new LogHarness(disk, CONFIG)) {
            harness.open();
            harness.log().close();
            return true;
        } catch (StoreException | SimulatedCrash e) {
            return false;
        }
    }

    @Test
    void aFailureBeforeTheCutSaysSoAndChangesNothing() throws IOException {
        var sound = damaged();
        var before = contents(sound);
        int steps = 0;
        for (int step = 1; step <= 5; step++) { // create, two writes, sync, rename; the folder's sync comes after
            var disk = sound.copy();
            disk.failAt(step, Fault.FAIL_ONCE);
            assertRefused(disk, ErrorCode.DISK_FAILED);
            assertThat(contents(disk)).as("step " + step).isEqualTo(before);
            steps++;
        }
        assertThat(steps).isEqualTo(5);
        var disk = sound.copy();
        disk.failAt(6, Fault.FAIL_ONCE);
        assertRefused(disk, ErrorCode.DISK_FAILED);
        var left = contents(disk);
        left.keySet().removeAll(kept(disk));
        assertThat(left).isEqualTo(before);
    }

    @Test
    void aFullDiskSaysSoAndChangesNothingUntilThereIsRoom() throws IOException {
        var disk = damaged();
        byte[] tail = tail(disk, frames.get(DAMAGED));
        var before = contents(disk);
        long used = disk.files().stream()
                .mapToLong(name -> disk.content(name).length)
                .sum();
        for (int room = 0; room < tail.length; room += 7) {
            disk.limit(used + room);
            assertRefused(disk, ErrorCode.DISK_FULL);
            assertThat(contents(disk)).as("room " + room).isEqualTo(before);
        }
        disk.limit(used + tail.length);
        try (var harness = new LogHarness(disk, CONFIG).open()) {
            assertThat(harness.replayed).isEqualTo(sent.subList(0, DAMAGED));
        }
        assertKeptAndSound(disk, sent.subList(0, DAMAGED), tail);
    }

    private static void assertRefused(FaultDisk disk, ErrorCode code) {
        try (var harness = new LogHarness(disk, CONFIG)) {
            assertThatThrownBy(harness::open).isInstanceOfSatisfying(StoreException.class, e -> {
                assertThat(e.code()).isEqualTo(code);
                assertThat(e)
                        .hasMessageContaining("cannot be kept before it is cut")
                        .hasMessageContaining("bytes=");
            });
            assertThat(harness.events).isEmpty();
        }
        disk.assertAllClosed();
    }

    @Test
    void whatAStartLeftHalfWrittenIsANoteAndGoesWithTheNext() throws IOException {
        var disk = killed(new FaultDisk(), BATCHES);
        disk.put("log/cut.tmp", new byte[99]);
        var report = LogCheck.check(disk, budget, 0);
        assertThat(report.faults()).isEmpty();
        assertThat(report.notes()).hasSize(1);
        assertThat(report.notes().getFirst().problem()).contains("the next start removes it");
        try (var harness = new LogHarness(disk, CONFIG).open()) {
            assertThat(harness.replayed).isEqualTo(sent);
            assertThat(harness.events).isEmpty();
        }
        assertThat(disk.files()).allMatch(name -> name.endsWith(".log"));
    }

    @Test
    void aKeptFileThatChangedIsStillOnlyANote() throws IOException {
        var disk = damaged();
        new LogHarness(disk, CONFIG).open().close();
        for (int at = 0; at < disk.content(kept(disk).getFirst()).length; at++) {
            var changed = disk.copy();
            changed.flip(kept(changed).getFirst(), at, at % 8);
            var report = LogCheck.check(changed, budget, 0);
            assertThat(report.faults()).isEmpty();
            assertThat(report.notes()).hasSize(1);
            assertThat(report.notes().getFirst().problem()).contains("no longer what it was");
        }
    }

    @Test
    void namesThatAreNoneAreStillReported() throws IOException {
        var disk = killed(new FaultDisk(), 1);
        for (var name : List.of("1.cut", "00000000000000000001.cut", "00000000000000000001-0000000G.cut", "x.tmp")) {
            disk.put("log/" + name, new byte[3]);
        }
        assertThat(LogCheck.check(disk, budget, 0).faults()).hasSize(4);
        try (var harness = new LogHarness(disk, CONFIG).open()) {
            assertThat(harness.events).hasSize(4).allMatch(event -> event instanceof Event.Warning);
        }
    }
}
