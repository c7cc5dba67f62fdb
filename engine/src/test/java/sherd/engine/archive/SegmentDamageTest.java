package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.IndexWriter;
import sherd.engine.archive.index.MemoryRuns;
import sherd.engine.archive.text.Query;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.sim.FaultDisk;

/** Every byte of a segment is damaged in turn: the checker says so, and readers return what was written or refuse. */
final class SegmentDamageTest {
    private static final List<String> QUERIES =
            List.of("error", "user", "\"error user\"", "us*", "*ser*", "n:3", "NOT error", "absent");

    private final FaultDisk disk = new FaultDisk();

    @SuppressWarnings("NullAway.Init")
    private SegmentMeta meta;

    private final List<@Nullable Object[]> rows = Rows.random(new Random(11), 12);
    private final List<List<Integer>> answers = new ArrayList<>();
    private byte[] sound = {};
    private int refused;

    @BeforeEach
    void writeSegment() {
        meta = Rows.write(disk, Rows.allTypes("arc-20261123-001"), rows);
        sound = disk.content(meta.file());
        try (var segment = Segment.open(disk, meta, new SegmentCache(Rows.BUDGET, 0))) {
            for (var query : QUERIES) {
                answers.add(answer(segment, query));
            }
        }
    }

    @Test
    void everyFlippedByteIsReportedAndNeverServed() {
        var random = new Random(12);
        for (int at = 0; at < sound.length; at++) {
            var damaged = sound.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            disk.put(meta.file(), damaged);
            assertThat(SegmentCheck.checkFile(disk, meta.file()))
                    .as("byte %d", at)
                    .isNotEmpty();
            if (at % 16 == 0) {
                assertThat(SegmentCheck.check(disk, meta))
                        .as("byte %d with the catalog", at)
                        .isNotEmpty();
            }
            readAll(at % 2 == 0);
        }
        assertThat(refused).as("readers met the damage").isGreaterThan(sound.length / 4);
    }

    @Test
    void everyCutAndEveryLengtheningIsReported() {
        for (int length = 0; length <= sound.length + 600; length++) {
            if (length == sound.length) {
                continue;
            }
            disk.put(meta.file(), Arrays.copyOf(sound, length));
            assertThat(SegmentCheck.check(disk, meta))
                    .as("length %d with the catalog", length)
                    .isNotEmpty();
            assertThat(SegmentCheck.checkFile(disk, meta.file()))
                    .as("length %d without", length)
                    .isNotEmpty();
            assertCorrupt(() ->
                    Segment.open(disk, meta, new SegmentCache(Rows.BUDGET, 0)).close());
            assertCorrupt(() -> Segment.openFile(disk, meta.file(), new SegmentCache(Rows.BUDGET, 0))
                    .close());
        }
    }

    @Test
    void aMissingFileIsReported() throws Exception {
        disk.delete(meta.file());
        assertThat(SegmentCheck.check(disk, meta)).isNotEmpty();
        assertCorrupt(
                () -> Segment.open(disk, meta, new SegmentCache(Rows.BUDGET, 0)).close());
    }

    @Test
    void anIndexOfOtherRowsIsTold() throws Exception {
        var lines = Rows.write(
                disk,
                Rows.lines("arc-20261123-002"),
                List.<@Nullable Object[]>of(Rows.line(1, "b"), Rows.line(2, "b c")));
        assertThat(difference(lines, "0b", "1b", "1c")).isNegative();
        assertThat(difference(lines, "0b", "1c")).isNotNegative();
        assertThat(difference(lines, "0b", "1b", "1d")).isNotNegative();
        assertThat(difference(lines, "0b", "1b")).isNotNegative();
        assertThat(difference(lines, "0b", "1b", "1c", "1d")).isNotNegative();
    }

    private long difference(SegmentMeta lines, String... rowsAndWords) throws Exception {
        try (var segment = Segment.open(disk, lines, new SegmentCache(Rows.BUDGET, 0));
                var terms = new IndexWriter(new MemoryRuns(Rows.BUDGET), Rows.BUDGET, 1 << 20)) {
            for (var rowAndWord : rowsAndWords) {
                terms.startRow(rowAndWord.charAt(0) - '0');
                terms.word(rowAndWord.getBytes(UTF_8), 1, 1);
                terms.endText();
            }
            var compared = new ComparedFile(segment.file(), segment.footer().terms(), new ReadStats());
            try (var out = new FileAppender(compared, "index", SegmentWriter.sha256(), Rows.BUDGET)) {
                terms.finish(out, 2);
                out.flush();
            }
            return compared.firstDifference();
        }
    }

    private void readAll(boolean withCatalog) {
        try (var segment = withCatalog
                ? Segment.open(disk, meta, new SegmentCache(Rows.BUDGET, 0))
                : Segment.openFile(disk, meta.file(), new SegmentCache(Rows.BUDGET, 0))) {
            attempt(() -> Rows.assertSame(segment, rows));
            for (int i = 0; i < QUERIES.size(); i++) {
                int query = i;
                attempt(() -> assertThat(answer(segment, QUERIES.get(query))).isEqualTo(answers.get(query)));
            }
            for (int row = 0; row < rows.size(); row += 5) {
                var key = (byte[]) Objects.requireNonNull(rows.get(row)[Rows.KEY]);
                int wanted = row;
                attempt(() -> assertThat(segment.findKey(Rows.hash(key), key)).isEqualTo(wanted));
            }
            attempt(() ->
                    assertThat(segment.findKey(42, "absent".getBytes(UTF_8))).isEqualTo(-1));
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT);
            refused++;
        }
    }

    private void attempt(Runnable reading) {
        try {
            reading.run();
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT);
            refused++;
        }
    }

    private static List<Integer> answer(Segment segment, String query) {
        var found = new TreeSet<Integer>();
        SegmentSearch.search(segment, Query.parse(query), Long.MIN_VALUE, Long.MAX_VALUE, (row, time) -> {
            found.add((int) row);
            return true;
        });
        return List.copyOf(found);
    }

    private static void assertCorrupt(org.assertj.core.api.ThrowableAssert.ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
    }
}
