package sherd.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.archive.arrow.Compression;
import sherd.engine.disk.LocalDisk;
import sherd.engine.schema.ColumnType;
import sherd.engine.time.ManualClock;

/** Rows copied by runs make the same file as rows written one by one. */
final class CopyRowsTest {
    private static final List<SegmentColumn> COLUMNS = columns();
    private static final int PLACED = COLUMNS.size() - 1;
    private static final int SOURCES = 3;
    private static final long SEED = 7;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private LocalDisk disk;

    private final Random random = new Random(SEED);

    @BeforeEach
    void open() throws IOException {
        disk = new LocalDisk(folder);
    }

    @Test
    void runsOfSeveralSegmentsMakeTheFileThatTheirRowsMake() throws IOException {
        var rows = new ArrayList<List<@Nullable Object[]>>();
        var sources = new ArrayList<SegmentMeta>();
        for (int i = 0; i < SOURCES; i++) {
            rows.add(Rows.random(random, 3000 + random.nextInt(3000)));
            try (var writer = writer("arc-20261123-00" + i, Compression.FAST)) {
                rows.getLast().forEach(row -> put(writer, row));
                sources.add(writer.seal());
            }
        }
        var order = new ArrayList<@Nullable Object[]>();
        var copied = copied(sources, rows, order);
        SegmentMeta written;
        assertThat(SegmentCheck.check(disk, copied)).isEmpty();
        disk.delete(copied.file());
        try (var writer = writer(copied.id(), Compression.SMALL)) {
            order.forEach(row -> put(writer, row));
            written = writer.seal();
        }
        assertThat(written).isEqualTo(copied);
    }

    /** Takes runs from one source after the other until none has any left. */
    private SegmentMeta copied(
            List<SegmentMeta> sources, List<List<@Nullable Object[]>> rows, List<@Nullable Object[]> order) {
        var next = new int[SOURCES];
        var segments = sources.stream()
                .map(meta -> Segment.open(disk, meta, new SegmentCache(Rows.BUDGET, 0)))
                .toList();
        try (var writer = writer("arc-20261123-009", Compression.SMALL)) {
            var cursors = segments.stream().map(Segment::walk).toList();
            while (order.size() < rows.stream().mapToInt(List::size).sum()) {
                int source = random.nextInt(SOURCES);
                int left = rows.get(source).size() - next[source];
                if (left > 0) {
                    cursors.get(source).seek(next[source]);
                    int most = 1 + random.nextInt(Math.min(left, random.nextInt(4) == 0 ? 4000 : 20));
                    int count = writer.copyRows(cursors.get(source), most, PLACED);
                    assertThat(count).isBetween(1, most);
                    order.addAll(rows.get(source).subList(next[source], next[source] + count));
                    next[source] += count;
                }
            }
            return writer.seal();
        } finally {
            segments.forEach(Segment::close);
        }
    }

    private SegmentWriter writer(String id, Compression compression) {
        return SegmentWriter.create(disk, spec(id, compression), new ManualClock(1_700_000_000_000L), Rows.BUDGET);
    }

    /** With a number that is less by the place of the row in its batch. */
    private static void put(SegmentWriter writer, @Nullable Object[] row) {
        var placed = Arrays.copyOf(row, row.length + 1);
        placed[row.length] = Arrays.hashCode((byte[]) row[Rows.KEY]) - (long) writer.rowInBatch();
        Rows.put(writer, spec("any", Compression.FAST), placed);
    }

    private static SegmentSpec spec(String id, Compression compression) {
        return new SegmentSpec(id, "", Rows.TABLE, COLUMNS, 0, -1, compression);
    }

    private static List<SegmentColumn> columns() {
        var columns = new ArrayList<>(Rows.ALL_TYPES);
        columns.add(new SegmentColumn("_base", ColumnType.INT64, false, true));
        return List.copyOf(columns);
    }
}
