package sherd.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Event;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.ManualClock;

/** Bytes that change or vanish after they were stored. */
final class LogDamageTest {
    private static final int BATCHES = 9;
    /** Goes past the cache, in whole blocks, with padding around it. */
    private static final int LONG = 2500;

    private final MemoryBudget budget = new MemoryBudget(1 << 30);
    private final List<String> sent = new ArrayList<>();

    /** Several files, one frame a batch; left behind by a kill or by a close. */
    private FaultDisk log(boolean closed) {
        var disk = new FaultDisk();
        FaultDisk killed;
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            for (int i = 0; i < BATCHES; i++) {
                sent.add("batch " + i + "-".repeat(i == BATCHES / 2 ? LONG : 50));
                harness.append(sent.getLast());
                harness.log().sync();
            }
            killed = disk.copy();
        }
        assertThat(disk.files()).hasSizeGreaterThanOrEqualTo(3);
        return closed ? disk : killed;
    }

    @Test
    void anIntactLogHasNoFaultsAndNoNotes() throws IOException {
        for (boolean closed : new boolean[] {true, false}) {
            sent.clear();
            var lsns = new ArrayList<Long>();
            var report = LogCheck.check(log(closed), budget, 0, (lsn, address, length) -> lsns.add(lsn));
            assertThat(report.faults()).isEmpty();
            assertThat(report.notes()).isEmpty();
            assertThat(lsns).hasSize(BATCHES);
            assertThat(report.endLsn()).isEqualTo(lsns.getLast());
        }
    }

    @Test
    void everyFlippedBitIsReportedByTheCheck() throws IOException {
        for (boolean closed : new boolean[] {true, false}) {
            var disk = log(closed);
            for (String file : disk.files()) {
                int size = disk.content(file).length;
                for (int at = 0; at < size; at++) {
                    for (int bit = 0; bit < 8; bit++) {
                        disk.flip(file, at, bit);
                        var report = LogCheck.check(disk, budget, 0);
                        disk.flip(file, at, bit);
                        assertThat(report.faults())
                                .as("%s byte %d bit %d", file, at, bit)
                                .isNotEmpty();
                        assertThat(report.faults().getFirst().file()).isEqualTo(file);
                        assertThat(report.faults().getFirst().offset()).isLessThanOrEqualTo(at);
                    }
                }
            }
        }
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void twoDamagedFramesAreTwoFaults() throws IOException {
        var disk = log(true);
        String first = disk.files().getFirst();
        disk.flip(first, 70, 0);
        disk.flip(first, LogLayout.FILE_HEADER_BYTES + frameBytes() + 70, 0);
        disk.flip(disk.files().getLast(), 40, 0);
        var visited = new ArrayList<Long>();
        var report = LogCheck.check(disk, budget, 0, (lsn, address, length) -> visited.add(lsn));
        assertThat(report.faults()).hasSize(3);
        assertThat(visited).isEmpty();
    }

    @Test
    void anyFlippedByteOfAClosedLogIsRefusedOrHarmless() throws IOException {
        var disk = log(true);
        for (String file : disk.files()) {
            byte[] content = disk.content(file);
            boolean last = file.equals(disk.files().getLast());
            int endMark = last ? content.length - LogLayout.FRAME_HEADER_BYTES : content.length;
            for (int at = 0; at < content.length; at++) {
                var damaged = disk.copy();
                damaged.flip(file, at, at % 8);
                if (at < endMark) {
                    assertRefused(damaged, file);
                } else {
                    assertReplays(damaged, BATCHES, true);
                }
            }
        }
    }

    @Test
    void ofAKilledLogOnlyTheLastFrameMayBeCut() throws IOException {
        var disk = log(false);
        for (String file : disk.files()) {
            byte[] content = disk.content(file);
            boolean last = file.equals(disk.files().getLast());
            int lastFrame = last ? content.length - frameBytes() : content.length;
            for (int at = 0; at < content.length; at++) {
                var damaged = disk.copy();
                damaged.flip(file, at, at % 8);
                if (at < lastFrame) {
                    assertRefused(damaged, file);
                } else {
                    assertReplays(damaged, BATCHES - 1, true);
                }
            }
        }
    }

    @Test
    void aLastFileCutAnywhereGivesTheWholeFramesBeforeTheCut() throws IOException {
        var disk = log(false);
        String file = disk.files().getLast();
        byte[] content = disk.content(file);
        int framesInLast = (content.length - LogLayout.FILE_HEADER_BYTES) / frameBytes();
        for (int size = 0; size < content.length; size++) {
            var cut = disk.copy();
            cut.put(file, Arrays.copyOf(content, size));
            int inFrames = size - LogLayout.FILE_HEADER_BYTES;
            boolean clean = inFrames >= 0 && inFrames % frameBytes() == 0;
            var report = LogCheck.check(cut, budget, 0);
            assertThat(report.faults()).as("size %d", size).isEmpty();
            assertThat(report.notes()).as("size %d", size).hasSize(clean ? 0 : 1);
            assertReplays(cut, BATCHES - framesInLast + Math.max(0, inFrames) / frameBytes(), !clean);
        }
    }

    @Test
    void anEarlierFileCutAnywhereIsRefusedAndReported() throws IOException {
        var disk = log(false);
        String file = disk.files().get(1);
        byte[] content = disk.content(file);
        for (int size = 0; size < content.length; size++) {
            var cut = disk.copy();
            cut.put(file, Arrays.copyOf(content, size));
            assertThat(LogCheck.check(cut, budget, 0).faults())
                    .as("size %d", size)
                    .isNotEmpty();
            assertRefused(cut, "log/");
        }
    }

    @Test
    void aMissingFileIsRefusedAndReported() throws IOException {
        var disk = log(true);
        for (String file : disk.files().subList(0, disk.files().size() - 1)) {
            var missing = disk.copy();
            missing.delete(file);
            assertThat(LogCheck.check(missing, budget, 0).faults()).isNotEmpty();
            assertRefused(missing, "log/");
        }
    }

    @Test
    void aTailOfZerosIsCut() throws IOException {
        var disk = log(false);
        String file = disk.files().getLast();
        byte[] content = disk.content(file);
        for (int zeros : new int[] {1, 31, 32, 33, 4096}) {
            var grown = disk.copy();
            grown.put(file, Arrays.copyOf(content, content.length + zeros));
            var report = LogCheck.check(grown, budget, 0);
            assertThat(report.faults()).isEmpty();
            assertThat(report.notes()).hasSize(1);
            assertReplays(grown, BATCHES, true);
        }
    }

    @Test
    void aTailOfNoiseIsCutAndIsAFaultForTheCheck() throws IOException {
        var disk = log(false);
        String file = disk.files().getLast();
        byte[] content = disk.content(file);
        for (int seed = 0; seed < 20; seed++) {
            var noise = new byte[100];
            new Random(seed).nextBytes(noise);
            byte[] noisy = Arrays.copyOf(content, content.length + noise.length);
            System.arraycopy(noise, 0, noisy, content.length, noise.length);
            var grown = disk.copy();
            grown.put(file, noisy);
            assertThat(LogCheck.check(grown, budget, 0).faults()).hasSize(1);
            assertReplays(grown, BATCHES, true);
        }
    }

    @Test
    void bytesAfterAnEndMarkAreRefused() throws IOException {
        var disk = log(true);
        String file = disk.files().getLast();
        byte[] content = disk.content(file);
        disk.put(file, Arrays.copyOf(content, content.length + 1));
        assertThat(LogCheck.check(disk, budget, 0).faults()).hasSize(1);
        assertRefused(disk, file);
    }

    @Test
    void aFrameOfAnotherFileIsNotTaken() throws IOException {
        var disk = log(false);
        var other = new LogDamageTest().log(false);
        String file = disk.files().getLast();
        byte[] mine = disk.content(file);
        byte[] theirs = other.content(file);
        int lastFrame = mine.length - frameBytes();
        System.arraycopy(theirs, lastFrame, mine, lastFrame, frameBytes());
        disk.put(file, mine);
        assertThat(LogCheck.check(disk, budget, 0).faults()).hasSize(1);
        assertReplays(disk, BATCHES - 1, true);
    }

    @Test
    void aStrangerInTheFolderIsReportedAndLeftAlone() throws IOException {
        var disk = log(true);
        disk.put("log/notes.txt", new byte[3]);
        assertThat(LogCheck.check(disk, budget, 0).faults()).hasSize(1);
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.OS)).open()) {
            assertThat(harness.replayed).isEqualTo(sent);
            assertThat(harness.events).hasSize(1).first().isInstanceOf(Event.Warning.class);
        }
        assertThat(disk.files()).contains("log/notes.txt");
    }

    /** Two frames of one write, of which power loss kept the second: neither was promised, so the start must succeed. */
    @Test
    void anUnsyncedFrameThatVanishedIsCutThoughALaterOneIsThere() throws IOException {
        var disk = new FaultDisk();
        FaultDisk left;
        int promised;
        var config = new LogConfig(SyncPolicy.INTERVAL, 1000, 1 << 20, 4096);
        try (var harness = new LogHarness(disk, config, new ManualClock(0)).open()) {
            sent.add("promised");
            harness.append("promised");
            harness.log().sync();
            promised = disk.content(disk.files().getFirst()).length;
            for (int i = 0; i < 2; i++) {
                sent.add("x".repeat(400));
                harness.append(sent.getLast());
            }
            harness.log().sync();
            left = disk.copy();
        }
        left.flip(left.files().getFirst(), promised + 5, 0);
        assertThat(LogCheck.check(left, budget, 0).faults()).hasSize(1);
        assertReplays(left, 1, true);
    }

    private int frameBytes() {
        return LogLayout.FRAME_HEADER_BYTES
                + LogLayout.BATCH_HEADER_BYTES
                + sent.getFirst().length();
    }

    /** What the check calls a fault is kept, and a write that plainly never finished is not. */
    private void assertReplays(FaultDisk disk, int batches, boolean cut) throws IOException {
        int faults = LogCheck.check(disk, budget, 0).faults().size();
        try (var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS)).open()) {
            assertThat(harness.replayed).isEqualTo(sent.subList(0, batches));
            assertThat(harness.events).hasSize(cut ? 1 : 0);
            assertThat(harness.events)
                    .allSatisfy(event -> assertThat(event)
                            .isInstanceOfSatisfying(
                                    Event.TornTailCut.class,
                                    torn -> assertThat(torn.kept() != null).isEqualTo(faults > 0)));
        }
        assertThat(disk.files().stream().filter(name -> name.endsWith(".cut"))).hasSize(Math.min(faults, 1));
        disk.assertAllClosed();
    }

    private void assertRefused(FaultDisk disk, String file) {
        var before = disk.files().stream().map(disk::content).toList();
        var harness = new LogHarness(disk, LogHarness.small(SyncPolicy.ALWAYS));
        assertThatThrownBy(harness::open).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_LOG);
            assertThat(e).hasMessageContaining("file=" + file).hasMessageContaining("offset=");
        });
        assertThat(harness.replayed).isEqualTo(sent.subList(0, harness.replayed.size()));
        assertThat(disk.files().stream().map(disk::content).toList())
                .usingRecursiveComparison()
                .isEqualTo(before);
        harness.close();
        disk.assertAllClosed();
    }
}
