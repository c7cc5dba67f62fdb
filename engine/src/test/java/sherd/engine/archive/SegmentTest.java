package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.disk.LocalDisk;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.time.ManualClock;

final class SegmentTest {
    private static final long SEED = Long.getLong("sherd.seed", System.nanoTime());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private LocalDisk disk;

    private final SegmentCache cache = new SegmentCache(Rows.BUDGET, 8 << 20);
    private long usedBefore;

    @BeforeEach
    void openFolder() throws Exception {
        disk = new LocalDisk(folder);
        usedBefore = Rows.BUDGET.usedBytes();
    }

    @AfterEach
    void nothingIsKeptFromTheBudget() {
        assertThat(Rows.BUDGET.usedBytes()).isEqualTo(usedBefore);
    }

    @Test
    void rowsOfEveryTypeComeBackAsTheyWere() {
        System.out.println("seed=" + SEED);
        var rows = Rows.random(new Random(SEED), 20_000);
        var meta = Rows.write(disk, Rows.allTypes("arc-20261123-001"), rows);
        assertThat(meta.file()).isEqualTo("segments/arc-20261123-001.tar");
        assertThat(SegmentCheck.check(disk, meta)).isEmpty();
        try (var segment = Segment.open(disk, meta, cache)) {
            assertThat(segment.blocks().count()).isGreaterThan(10);
            Rows.assertSame(segment, rows);
            var random = new Random(SEED);
            var cursor = segment.cursor();
            for (int i = 0; i < 2000; i++) {
                int row = random.nextInt(rows.size());
                cursor.seek(row);
                Rows.assertRow(cursor, meta.columns(), rows.get(row), row);
            }
        }
    }

    @Test
    void aFileOpenedWithoutCatalogSaysTheSameOfItself() {
        var meta = Rows.write(disk, Rows.allTypes("arc-20261123-001"), Rows.random(new Random(1), 300));
        try (var segment = Segment.openFile(disk, meta.file(), cache)) {
            assertThat(segment.meta()).isEqualTo(meta.withSha256(""));
        }
        assertThat(SegmentCheck.checkFile(disk, meta.file())).isEmpty();
    }

    @Test
    void oddTextComesBackByteForByte() {
        var rows = new ArrayList<@Nullable Object[]>();
        rows.add(Rows.line(1, ""));
        rows.add(Rows.line(2, "ends in cr lf\r"));
        rows.add(Rows.line(2, "a \r stray cr and a \0 zero and a \t tab"));
        rows.add(Rows.line(3, "grüße, 漢字, \uD83D\uDE00"));
        rows.add(new @Nullable Object[] {4L, null});
        rows.add(Rows.line(5, "x".repeat(10 << 20)));
        rows.add(Rows.line(6, "ab ".repeat(4 << 20)));
        var noise = new byte[3 << 20];
        new Random(5).nextBytes(noise);
        rows.add(new Object[] {7L, noise});
        rows.add(Rows.line(8, "last"));
        var meta = Rows.write(disk, Rows.lines("arc-20261123-002"), rows);
        assertThat(meta.timeSorted()).isTrue();
        assertThat(SegmentCheck.check(disk, meta)).isEmpty();
        try (var segment = Segment.open(disk, meta, cache)) {
            Rows.assertSame(segment, rows);
        }
    }

    @Test
    void everyKeyIsFoundAndOthersAreNot() {
        var rows = Rows.random(new Random(SEED), 5000);
        var meta = Rows.write(disk, Rows.allTypes("arc-20261123-003"), rows);
        try (var segment = Segment.open(disk, meta, cache)) {
            for (int row = 0; row < rows.size(); row++) {
                var key = (byte[]) java.util.Objects.requireNonNull(rows.get(row)[Rows.KEY]);
                assertThat(segment.mayContain(Rows.hash(key))).isTrue();
                assertThat(segment.findKey(Rows.hash(key), key)).isEqualTo(row);
                assertThat(segment.findKey(Rows.hash(key), "another".getBytes(UTF_8)))
                        .isEqualTo(-1);
            }
            int maybe = 0;
            for (int i = 0; i < 20_000; i++) {
                var key = ("absent-" + i).getBytes(UTF_8);
                assertThat(segment.findKey(Rows.hash(key), key)).isEqualTo(-1);
                maybe += segment.mayContain(Rows.hash(key)) ? 1 : 0;
            }
            assertThat(maybe).as("false positives of 20,000").isLessThan(200);
        }
    }

    @Test
    void segmentsOfFewRowsAreWhole() {
        for (int count = 0; count < 5; count++) {
            var rows = Rows.random(new Random(count), count);
            var meta = Rows.write(disk, Rows.allTypes("arc-20261123-1" + count), rows);
            assertThat(SegmentCheck.check(disk, meta)).isEmpty();
            try (var segment = Segment.open(disk, meta, cache)) {
                Rows.assertSame(segment, rows);
                assertThat(meta.overlaps(Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(count > 0);
            }
        }
    }

    @Test
    void aWriterThatIsNotSealedLeavesNothing() throws Exception {
        try (var writer = SegmentWriter.create(disk, Rows.lines("arc-20261123-004"), new ManualClock(0), Rows.BUDGET)) {
            Rows.put(writer, Rows.lines("arc-20261123-004"), Rows.line(1, "gone"));
        }
        assertThat(disk.list("segments")).isEmpty();
    }

    @Test
    void aPublishedSegmentIsNotWrittenAgain() {
        Rows.write(disk, Rows.lines("arc-20261123-005"), List.of());
        assertThatThrownBy(() -> Rows.write(disk, Rows.lines("arc-20261123-005"), List.of()))
                .hasMessageContaining("never written again");
    }

    @Test
    void tarListsTheMembers() throws Exception {
        var meta = Rows.write(disk, Rows.allTypes("arc-20261123-006"), Rows.random(new Random(1), 100));
        var tar = new ProcessBuilder("tar", "tvf", folder.resolve(meta.file()).toString())
                .redirectErrorStream(true)
                .start();
        var listing = new String(tar.getInputStream().readAllBytes(), UTF_8);
        assertThat(tar.waitFor()).as(listing).isZero();
        assertThat(listing.lines().map(l -> l.substring(l.lastIndexOf(' ') + 1)))
                .containsExactly("rows.arrow", "index.sherd", "keys.sherd", "meta.json", "footer.sherd");
        var sums = new ProcessBuilder(
                        "sh",
                        "-c",
                        "tar xOf \"$0\" rows.arrow index.sherd keys.sherd | sha256sum",
                        folder.resolve(meta.file()).toString())
                .start();
        var sum = new String(sums.getInputStream().readAllBytes(), UTF_8).substring(0, 64);
        assertThat(new String(
                        Files.readAllBytes(folder.resolve(meta.file())), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("\"sha256\":\"" + sum + "\"");
    }

    @Test
    void theCacheStaysWithinItsLimitAndServesAgain() {
        var rows = Rows.random(new Random(3), 20_000);
        var meta = Rows.write(disk, Rows.allTypes("arc-20261123-007"), rows);
        var budget = new MemoryBudget(Long.MAX_VALUE);
        var small = new SegmentCache(budget, 2 << 20);
        try (var segment = Segment.open(disk, meta, small)) {
            Rows.assertSame(segment, rows);
            assertThat(small.usedBytes()).isBetween(1L, 2L << 20);
            assertThat(budget.usedBytes(MemoryBudget.Purpose.CACHE)).isEqualTo(small.usedBytes());
            var cursor = segment.cursor();
            cursor.seek(rows.size() - 1);
            assertThat(cursor.stats().blocks())
                    .as("the last batch was read just now")
                    .isZero();
        }
        assertThat(budget.usedBytes()).isZero();
    }
}
