package sherd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sherd.engine.archive.text.Query;
import sherd.engine.archive.text.RowView;
import sherd.engine.command.RowLayout;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;

/** Rows of a log table shown one by one, from memory and from segments. */
class LogScannerTest {
    private static final int LINE = 1;

    private TestStore store;
    private ShardedTable table;

    @BeforeEach
    void open() {
        store = new TestStore(new FaultDisk());
        store.engine.createTable(TableDefinition.lines(
                new TableName("logs", "scanned"), 1, store.engine.config().archive()));
        table = store.engine.requireTable(new TableName("logs", "scanned"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void append(long from, long to, String text) {
        append(table, from, to, text);
    }

    private void append(ShardedTable target, long from, long to, String text) {
        try (var batch = store.engine.newBatch(target)) {
            for (long time = from; time < to; time++) {
                RowLayout.append(batch, new Object[] {time, text + " " + time});
            }
            store.await(store.engine.append(target, batch));
        }
    }

    private static String line(RowView row) {
        var bytes = new byte[row.length(LINE)];
        row.copyBytes(LINE, bytes, 0);
        return new String(bytes, UTF_8);
    }

    /** Times shown, with a check of each row's text. */
    private List<Long> times(ScanRequest request, List<String> segments) {
        var times = new ArrayList<Long>();
        store.engine.scan(table, request, new RowVisitor() {
            @Override
            public boolean segment(String id, long minTime, long maxTime) {
                segments.add(id);
                return true;
            }

            @Override
            public void row(RowView row, long time, long id) {
                assertThat(line(row)).endsWith(" " + time);
                times.add(time);
            }
        });
        return times;
    }

    private static ScanRequest all(boolean newestFirst) {
        return new ScanRequest(List.of(), Long.MIN_VALUE, Long.MAX_VALUE, newestFirst, 30_000);
    }

    @Test
    void everyRowIsShownOnceAndSegmentsComeInOrder() {
        append(0, 300, "old");
        store.engine.archive(table, 0);
        append(300, 600, "newer");
        store.engine.archive(table, 0);
        append(600, 700, "hot");
        for (boolean newestFirst : new boolean[] {true, false}) {
            var segments = new ArrayList<String>();
            var times = times(all(newestFirst), segments);
            assertThat(segments).hasSize(2);
            assertThat(times).hasSize(700).doesNotHaveDuplicates();
            var archived = new ArrayList<>(times.subList(100, 700));
            if (newestFirst) {
                Collections.reverse(archived);
            }
            assertThat(archived).as("in order").isSorted();
        }
    }

    @Test
    void onlyRowsInTheRangeAreShown() {
        append(0, 300, "old");
        store.engine.archive(table, 0);
        append(300, 400, "hot");
        assertThat(times(new ScanRequest(List.of(), 299, 301, false, 30_000), new ArrayList<>()))
                .as("memory last")
                .containsExactly(299L, 300L);
        assertThat(times(new ScanRequest(List.of(), 299, 301, true, 30_000), new ArrayList<>()))
                .as("memory first")
                .containsExactly(300L, 299L);
        assertThat(times(new ScanRequest(List.of(), 5, 5, false, 30_000), new ArrayList<>()))
                .isEmpty();
        assertThat(times(new ScanRequest(List.of(), 400, Long.MAX_VALUE, true, 30_000), new ArrayList<>()))
                .isEmpty();
    }

    @Test
    void termsTakeSegmentsAwayAndNoRowThatHasThem() {
        append(0, 300, "common alpha");
        store.engine.archive(table, 0);
        append(300, 600, "common beta");
        store.engine.archive(table, 0);
        var request = new ScanRequest(
                List.of(new Query.Word("beta"), new Query.Infix("omm")), 0, Long.MAX_VALUE, true, 30_000);
        var shown = new ArrayList<Long>();
        var stats = store.engine.scan(table, request, (row, time, id) -> shown.add(time));
        assertThat(shown).hasSize(300).allMatch(time -> time >= 300);
        assertThat(stats.search().segments()).isEqualTo(2);
        assertThat(stats.search().pruned()).isEqualTo(1);
        assertThat(stats.archivedRows()).isEqualTo(300);
    }

    @Test
    void whoeverHasSeenEnoughIsShownNoMore() {
        append(0, 300, "old");
        store.engine.archive(table, 0);
        append(300, 600, "newer");
        store.engine.archive(table, 0);
        var shown = new ArrayList<Long>();
        var stats = store.engine.scan(table, all(true), new RowVisitor() {
            @Override
            public boolean wants(long minTime, long maxTime) {
                return shown.size() < 10;
            }

            @Override
            public void row(RowView row, long time, long id) {
                shown.add(time);
            }
        });
        assertThat(shown).hasSize(10).contains(599L, 590L);
        assertThat(stats.search().pruned()).isEqualTo(1);
    }

    @Test
    void rowsThatAreArchivedMeanwhileAreShownOnce() {
        append(0, 300, "old");
        store.engine.archive(table, 0);
        append(300, 600, "hot");
        var shown = new ArrayList<Long>();
        store.engine.scan(table, all(true), (row, time, id) -> {
            if (shown.isEmpty()) {
                CompletableFuture.supplyAsync(() -> store.engine.archive(table, 0))
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join();
            }
            shown.add(time);
        });
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 600).boxed().toList());
        assertThat(store.engine.status(table).segments()).hasSize(2);
    }

    @Test
    void rowsOfOneShardHaveGrowingIdsWhereverTheyLive() {
        append(10, 20, "a");
        store.engine.archive(table, 0);
        append(10, 20, "b");
        var ids = new ArrayList<Long>();
        store.engine.scan(table, all(false), (row, time, id) -> ids.add(id));
        assertThat(ids.stream().sorted().toList())
                .containsExactlyElementsOf(LongStream.range(0, 20).boxed().toList());
    }

    @Test
    void aScanHasADeadline() {
        append(0, 3000, "x");
        assertThatThrownBy(() -> store.engine.scan(
                        table,
                        new ScanRequest(List.of(), 0, Long.MAX_VALUE, true, 0),
                        (row, time, id) -> Thread.onSpinWait()))
                .hasMessageContaining("the query took too long");
    }

    @Test
    void aRunOfEqualValuesIsKeptOnceInMemory() {
        var columns = List.of(new Column("ts", ColumnType.TIMESTAMP), new Column("line", ColumnType.STRING));
        var definition = new TableDefinition(
                new TableName("logs", "runs"),
                TableKind.LOG,
                columns,
                List.of(),
                List.of(),
                Optional.of("ts"),
                1,
                store.engine.config().archive());
        store.engine.createTable(definition);
        var runs = store.engine.requireTable(definition.name());
        var value = "labels ".repeat(100);
        try (var batch = store.engine.newBatch(runs)) {
            for (long i = 0; i < 8000; i++) {
                RowLayout.append(batch, new Object[] {i, i % 1000 == 0 ? "other " + i : value});
            }
            store.await(store.engine.append(runs, batch));
        }
        assertThat(store.engine.status(runs).hotBytes()).isLessThan(8000L * value.length() / 2);
        var seen = new ArrayList<String>();
        store.engine.scan(runs, all(false), (row, time, id) -> seen.add(line(row)));
        for (int i = 0; i < 8000; i++) {
            assertThat(seen.get(i)).isEqualTo(i % 1000 == 0 ? "other " + i : value);
        }
    }
}
