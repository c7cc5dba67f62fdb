package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableName;
import sherd.engine.time.ManualClock;

/** Rows as plain objects, beside the segment that is made of them: Long, Double or byte[] per column, or null. */
final class Rows {
    static final TableName TABLE = new TableName("logs", "app");
    static final MemoryBudget BUDGET = new MemoryBudget(Long.MAX_VALUE);

    static final List<SegmentColumn> LINES = List.of(
            new SegmentColumn("ts", ColumnType.TIMESTAMP, false, false),
            new SegmentColumn("line", ColumnType.STRING, true, false));

    /** One column of every type, a key among them. */
    static final List<SegmentColumn> ALL_TYPES = List.of(
            new SegmentColumn("ts", ColumnType.TIMESTAMP, false, false),
            new SegmentColumn("line", ColumnType.STRING, true, false),
            new SegmentColumn("id", ColumnType.BYTES, false, false),
            new SegmentColumn("n", ColumnType.INT64, false, false),
            new SegmentColumn("i", ColumnType.INT32, false, false),
            new SegmentColumn("d", ColumnType.FLOAT64, false, false),
            new SegmentColumn("f", ColumnType.FLOAT32, false, false),
            new SegmentColumn("ok", ColumnType.BOOL, false, false),
            new SegmentColumn("doc", ColumnType.JSON, true, false),
            new SegmentColumn("_expires", ColumnType.INT64, false, true));

    static final int KEY = 2;

    private Rows() {}

    static SegmentSpec lines(String id) {
        return new SegmentSpec(id, "segments", TABLE, LINES, 0, -1);
    }

    static SegmentSpec allTypes(String id) {
        return new SegmentSpec(id, "segments", TABLE, ALL_TYPES, 0, KEY);
    }

    static SegmentMeta write(Disk disk, SegmentSpec spec, List<@Nullable Object[]> rows) {
        try (var writer = SegmentWriter.create(disk, spec, new ManualClock(1_700_000_000_000L), BUDGET)) {
            for (var row : rows) {
                put(writer, spec, row);
            }
            assertThat(writer.rows()).isEqualTo(rows.size());
            return writer.seal();
        }
    }

    static void put(SegmentWriter writer, SegmentSpec spec, @Nullable Object[] row) {
        for (int column = 0; column < row.length; column++) {
            var value = row[column];
            if (value instanceof Long number) {
                writer.putLong(column, number);
            } else if (value instanceof Double number) {
                writer.putDouble(column, number);
            } else if (value instanceof byte[] bytes) {
                writer.putBytes(column, bytes, 0, bytes.length);
            }
        }
        writer.endRow();
        assertThat(spec.columns()).hasSize(row.length);
    }

    static @Nullable Object get(RowCursor cursor, List<SegmentColumn> columns, int column) {
        if (cursor.isNull(column)) {
            return null;
        }
        return switch (columns.get(column).type()) {
            case INT64, INT32, BOOL, TIMESTAMP -> cursor.getLong(column);
            case FLOAT64, FLOAT32 -> cursor.getDouble(column);
            case STRING, BYTES, JSON -> cursor.getBytes(column);
        };
    }

    static void assertSame(Segment segment, List<@Nullable Object[]> rows) {
        var cursor = segment.cursor();
        assertThat(cursor.rows()).isEqualTo(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            cursor.seek(row);
            assertRow(cursor, segment.meta().columns(), rows.get(row), row);
        }
    }

    static void assertRow(RowCursor cursor, List<SegmentColumn> columns, @Nullable Object[] wanted, long row) {
        for (int column = 0; column < columns.size(); column++) {
            var got = get(cursor, columns, column);
            // Plain comparison first: describing every value of a large segment would take longer than reading it.
            if (!java.util.Objects.deepEquals(got, wanted[column])) {
                assertThat(got).as("row %d column %d", row, column).isEqualTo(wanted[column]);
            }
        }
    }

    static Object[] line(long time, String line) {
        return new Object[] {time, line.getBytes(UTF_8)};
    }

    static long hash(byte[] key) {
        try (var region = new Region(BUDGET, MemoryBudget.Purpose.CACHE, key.length)) {
            OffHeap.copy(key, 0, region.address(), key.length);
            return OffHeap.hash(region.address(), key.length);
        }
    }

    /** Rows of every type, with nulls, empty values and times that jump now and then. */
    static List<@Nullable Object[]> random(RandomGenerator random, int count) {
        var rows = new ArrayList<@Nullable Object[]>();
        long time = 1_600_000_000_000L;
        for (int i = 0; i < count; i++) {
            time += random.nextInt(2000) - (random.nextInt(50) == 0 ? 5000 : 0);
            rows.add(new @Nullable Object[] {
                time,
                orNull(random, text(random)),
                ("key-" + i + "-" + random.nextInt(1000)).getBytes(UTF_8),
                orNull(random, random.nextInt(4) == 0 ? random.nextLong() : (long) random.nextInt(5)),
                orNull(random, (long) (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(5))),
                orNull(random, random.nextInt(4) == 0 ? Double.NaN : random.nextInt(5) / 2.0),
                orNull(random, (double) (float) (random.nextInt(5) / 3.0)),
                orNull(random, (long) random.nextInt(2)),
                orNull(random, ("{\"user\":\"" + word(random) + "\",\"n\":" + random.nextInt(9) + "}").getBytes(UTF_8)),
                orNull(random, random.nextLong())
            });
        }
        return rows;
    }

    private static final String[] WORDS = {
        "error",
        "Error",
        "WARN",
        "info",
        "timeout",
        "10.0.0.1",
        "10.0.0.12:8080",
        "user_1",
        "user",
        "x",
        "blk_-1608",
        "/var/log/app.log",
        "a@b.example.com",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",
        "straße",
        "STRASSE",
        "Ünïcode",
        "漢字典",
        "漢",
        "データ処理",
        "한국어",
        "café",
        "cafe\u0301",
        "ﬁne",
        "İstanbul",
        "don't",
        "a-b",
        "a.b.c",
        "--",
        "==>",
        "9"
    };

    static String word(RandomGenerator random) {
        return random.nextInt(4) == 0
                ? "w" + Integer.toString(random.nextInt(3000), 36)
                : WORDS[random.nextInt(WORDS.length)];
    }

    private static byte[] text(RandomGenerator random) {
        var text = new StringBuilder();
        int words = random.nextInt(12);
        for (int i = 0; i < words; i++) {
            text.append(word(random)).append(random.nextInt(6) == 0 ? ", " : " ");
        }
        if (random.nextInt(200) == 0) {
            text.append("y".repeat(100 + random.nextInt(200))).append("tail");
        }
        return text.toString().getBytes(UTF_8);
    }

    private static @Nullable Object orNull(RandomGenerator random, Object value) {
        return random.nextInt(10) == 0 ? null : value;
    }
}
