package sherd.server.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.archive.text.RowView;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.server.cli.DuckDb;

/** DuckDB, which shares no code with us, reads what was written. */
final class ParquetWriterTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final int ROWS = 300_000;

    @TempDir
    Path folder;

    @Test
    void everyRowOfManyRowGroupsIsAsItWasWritten() throws Exception {
        var columns = List.of(
                new Column("id", ColumnType.INT64),
                new Column("few", ColumnType.STRING),
                new Column("many", ColumnType.STRING),
                new Column("sparse", ColumnType.INT32),
                new Column("odd", ColumnType.BOOL),
                new Column("same", ColumnType.STRING),
                new Column("none", ColumnType.BYTES),
                new Column("half", ColumnType.FLOAT64),
                new Column("moment", ColumnType.TIMESTAMP));
        var file = write(columns, ROWS, id -> new @Nullable Object[] {
            (long) id,
            "level " + id % 7,
            "line " + id + " of many".repeat(id % 5),
            id % 1000 == 999 ? (Long) (long) -id : null,
            id % 2 == 1 ? 1L : 0L,
            "same",
            null,
            id / 2.0,
            1_700_000_000_000L + id
        });
        var asWritten = "few = 'level ' || id % 7 and many = 'line ' || id || repeat(' of many', (id % 5)::int)"
                + " and sparse is not distinct from case when id % 1000 = 999 then -id end and odd = (id % 2 = 1)"
                + " and same = 'same' and none is null and half = id / 2.0 and epoch_ms(moment) = 1700000000000 + id";
        assertThat(DuckDb.ask(
                        file,
                        "select count(*) n, count(distinct id) n, min(id) n, max(id) n from exported where "
                                + asWritten,
                        "select count(distinct row_group_id) > 2 n from parquet_metadata('" + file + "')"))
                .contains("'" + ROWS + "','" + ROWS + "','0','" + (ROWS - 1) + "'", "'true'");
    }

    @Test
    void readersPassOverRowGroupsByLeastAndGreatestValue() throws Exception {
        var columns = List.of(new Column("moment", ColumnType.TIMESTAMP), new Column("x", ColumnType.FLOAT64));
        var file = write(columns, ROWS, id -> new @Nullable Object[] {(long) id, id == 5 ? Double.NaN : id - 0.0});
        assertThat(DuckDb.ask(
                        file,
                        "select stats_min_value a, stats_max_value b, stats_null_count n from parquet_metadata('" + file
                                + "') where path_in_schema = 'x' and row_group_id < 2 order by row_group_id",
                        "select count(*) n from exported where moment >= '1970-01-01 00:03:20+00'::timestamptz",
                        "select count(*) n from exported where x >= 200000 and x = x"))
                .contains("null,null,'0'", "'100000'")
                .anyMatch(line -> line.startsWith("'" + hexOf("131072.0") + "'"));
    }

    private static String hexOf(String text) {
        return HexFormat.of().formatHex(text.getBytes(UTF_8));
    }

    @Test
    void oneRowMayBeLargerThanAPage() throws Exception {
        System.err.println("ParquetWriterTest: -Dsherd.test.seed=" + SEED);
        var bytes = new byte[5 << 20];
        new Random(SEED).nextBytes(bytes);
        var sizes = new int[] {1, bytes.length, 0, 3 << 20, 2};
        var columns = List.of(new Column("id", ColumnType.INT32), new Column("raw", ColumnType.BYTES));
        var file = write(columns, sizes.length, row ->
                new @Nullable Object[] {(long) row, Arrays.copyOf(bytes, sizes[row])});
        assertThat(DuckDb.ask(file).stream().skip(1).toList())
                .isEqualTo(IntStream.range(0, sizes.length)
                        .mapToObj(row -> "'" + row + "','" + HexFormat.of().formatHex(bytes, 0, sizes[row]) + "'")
                        .toList());
    }

    @Test
    void aFileMayHaveNoRowsAndAsManyColumnsAsATable() throws Exception {
        var columns = IntStream.range(0, 1024)
                .mapToObj(i -> new Column("c" + i, i % 2 == 0 ? ColumnType.STRING : ColumnType.INT64))
                .toList();
        var wide = write(
                columns,
                3000,
                row -> IntStream.range(0, columns.size())
                        .mapToObj(i -> i % 2 == 0 ? (Object) ("v" + row % 50 + i) : (Object) (long) row)
                        .toArray());
        assertThat(DuckDb.ask(
                        wide,
                        "select count(*) n from exported where c1 = c1023 and c1022 = 'v' || c1 % 50 || '1022'"
                                + " and c0 = 'v' || c1 % 50 || '0'"))
                .contains("'3000'");
        var empty = write(columns.subList(0, 2), 0, row -> new Object[0]);
        assertThat(DuckDb.ask(empty)).containsExactly("c0:VARCHAR,c1:BIGINT");
    }

    private Path write(List<Column> columns, int rows, IntFunction<@Nullable Object[]> row) throws IOException {
        var file = folder.resolve("rows" + rows + "-" + columns.size() + ".parquet");
        var all = IntStream.range(0, columns.size()).toArray();
        try (var out = Files.newOutputStream(file);
                var writer = new ParquetWriter(out, columns, Map.of("k", "v"))) {
            for (int i = 0; i < rows; i++) {
                writer.add(new Values(row.apply(i)), all);
            }
            writer.finish();
            assertThat(writer.rows()).isEqualTo(rows);
        }
        return file;
    }

    /** A row of objects. */
    private static final class Values implements RowView {
        private final @Nullable Object[] values;

        Values(@Nullable Object[] values) {
            this.values = values;
        }

        @Override
        public boolean isNull(int column) {
            return values[column] == null;
        }

        private Object present(int column) {
            var value = values[column];
            if (value == null) {
                throw new IllegalStateException("a null is read: column=" + column);
            }
            return value;
        }

        @Override
        public long getLong(int column) {
            return (Long) present(column);
        }

        @Override
        public double getDouble(int column) {
            return (Double) present(column);
        }

        @Override
        public int length(int column) {
            return bytes(column).length;
        }

        @Override
        public void copyBytes(int column, byte[] target, int offset) {
            var bytes = bytes(column);
            System.arraycopy(bytes, 0, target, offset, bytes.length);
        }

        private byte[] bytes(int column) {
            return present(column) instanceof String text ? text.getBytes(UTF_8) : (byte[]) present(column);
        }
    }
}
