package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.ManualClock;

/** Segments become fewer, rows stay what they were, and what was kept only because of rows that are gone goes too. */
final class MergeTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final long DAY = 86_400_000L;

    private final FaultDisk disk = new FaultDisk();
    private final ManualClock clock = new ManualClock(1_700_000_000_000L);

    private TestStore open() {
        return new TestStore(disk, TestStore.CONFIG.withMergeWidth(0), clock);
    }

    private static int segments(TestStore store, String table) {
        return store.engine
                .status(store.engine.requireTable(TableName.parse(table)))
                .segments()
                .size();
    }

    private static void archiveKeys(TestStore store) {
        store.engine.archive(store.engine.keyValue(), 0);
    }

    private static void lines(TestStore store, long retention) {
        store.engine.createTable(TableDefinition.lines(LINES, 2, new ArchiveSettings(Long.MAX_VALUE, 3, 1, retention)));
    }

    private static void archivedLine(TestStore store, long time, String line) {
        store.lines(LINES.toString(), time, line);
        store.engine.archive(store.engine.requireTable(LINES), 0);
    }

    private long archiveFiles() {
        return disk.files().stream()
                .filter(name -> name.startsWith("segments/arc-"))
                .count();
    }

    @Test
    void linesOfManySegmentsAreInOne() {
        try (var store = open()) {
            lines(store, 0);
            for (int i = 0; i < 20; i++) {
                archivedLine(store, (i * 7 % 20) * 1000L, "line " + i);
            }
            assertThat(segments(store, "logs.app")).isEqualTo(20);
            var made = store.engine.merge(store.engine.requireTable(LINES));
            assertThat(made).singleElement().satisfies(segment -> {
                assertThat(segment.rows()).isEqualTo(20);
                assertThat(segment.minTime()).isZero();
                assertThat(segment.maxTime()).isEqualTo(19_000);
            });
            assertThat(store.find(LINES.toString(), "line")).hasSize(20);
            assertThat(store.find(LINES.toString(), "3")).containsExactly("line 3");
            assertThat(archiveFiles()).isEqualTo(1);
        }
        try (var store = open()) {
            assertThat(store.find(LINES.toString(), "line")).hasSize(20);
        }
    }

    @Test
    void theNewestVersionOfAKeyStays() {
        try (var store = open()) {
            for (int version = 1; version <= 3; version++) {
                store.set("a", "a" + version);
                store.set("only" + version, "x");
                archiveKeys(store);
            }
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(4);
            assertThat(store.engine.merge(store.engine.keyValue()))
                    .singleElement()
                    .satisfies(segment -> assertThat(segment.rows()).isEqualTo(4));
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(4);
            assertThat(store.get("a")).isEqualTo("a3");
            assertThat(store.get("only1")).isEqualTo("x");
        }
        try (var store = open()) {
            assertThat(store.get("a")).isEqualTo("a3");
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(4);
        }
    }

    @Test
    void aRemovedKeyGoesWithItsTombstone() {
        try (var store = open()) {
            store.set("gone", "x");
            store.set("changed", "x");
            store.set("stays", "x");
            archiveKeys(store);
            store.set("more", "x");
            archiveKeys(store);
            store.delete("gone");
            store.set("changed", "y");
            store.engine.checkpoint();
            assertThat(store.engine.merge(store.engine.keyValue()))
                    .singleElement()
                    .satisfies(segment -> assertThat(segment.rows()).isEqualTo(2));
            long known = store.engine.status(store.engine.keyValue()).hotRows();
            assertThat(known).as("only the changed row is in memory").isEqualTo(1);
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(3);
            assertThat(store.get("gone")).isNull();
            assertThat(store.get("changed")).isEqualTo("y");
            assertThat(store.delete("changed")).isTrue();
            assertThat(store.get("changed")).isNull();
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(2);
        }
        try (var store = open()) {
            assertThat(store.get("gone")).isNull();
            assertThat(store.get("changed")).isNull();
            assertThat(store.get("stays")).isEqualTo("x");
        }
    }

    /** The log has a change that builds on the archived row: without the row, replay would make something else of it. */
    @Test
    void aRowThatTheLogBuildsOnStays() {
        try (var store = open()) {
            store.engine.checkpoint();
            store.hset("h", "first", "1");
            archiveKeys(store);
            store.set("other", "x");
            archiveKeys(store);
            store.engine.checkpoint();
            store.hset("h", "second", "2");
            store.engine.merge(store.engine.keyValue());
            assertThat(store.hgetall("h")).hasSize(2);
        }
        try (var store = open()) {
            assertThat(store.hgetall("h")).containsEntry("first", "1").containsEntry("second", "2");
        }
    }

    @Test
    void anExpiredKeyGoesOnceACheckpointHasPassed() {
        try (var store = open()) {
            store.set("soon", "x");
            store.expire("soon", clock.epochMillis() + 1000);
            store.set("stays", "x");
            archiveKeys(store);
            store.set("more", "x");
            archiveKeys(store);
            clock.advanceMillis(2000);
            store.engine.checkpoint();
            assertThat(store.engine.merge(store.engine.keyValue()))
                    .singleElement()
                    .satisfies(segment -> assertThat(segment.rows()).isEqualTo(2));
            assertThat(store.get("soon")).isNull();
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(2);
        }
    }

    @Test
    void linesOlderThanTheTableKeepsThemGo() {
        try (var store = open()) {
            lines(store, 10 * DAY);
            long now = clock.epochMillis();
            archivedLine(store, now - 12 * DAY, "old");
            archivedLine(store, now - 11 * DAY, "old too");
            archivedLine(store, now - 9 * DAY, "younger");
            assertThat(store.engine.retire(store.engine.requireTable(LINES))).isEqualTo(2);
            assertThat(store.find(LINES.toString(), "")).containsExactly("younger");
            clock.advanceMillis(2 * DAY);
            archivedLine(store, clock.epochMillis(), "new");
            store.lines(LINES.toString(), now - 12 * DAY, "late");
            store.engine.checkpoint();
            store.engine.merge(store.engine.requireTable(LINES));
            assertThat(store.find(LINES.toString(), ""))
                    .as("rows in memory stay, a merge drops each old row")
                    .containsExactlyInAnyOrder("new", "late");
            assertThat(store.engine.retire(store.engine.requireTable(LINES))).isZero();
        }
        try (var store = open()) {
            assertThat(store.find(LINES.toString(), "")).containsExactlyInAnyOrder("new", "late");
        }
    }

    @Test
    void keysNotWrittenForLongGo() {
        var settings = new ArchiveSettings(Long.MAX_VALUE, 3, 1, 10 * DAY);
        var config = new EngineConfig(
                256L << 20,
                TestStore.CONFIG.sync(),
                100,
                TestStore.CONFIG.checkpointBytes(),
                4,
                settings,
                0.85,
                0,
                "local");
        try (var store = new TestStore(disk, config, clock)) {
            store.set("old", "x");
            store.set("renewed", "x");
            store.set("removed", "x");
            store.set("hot", "x");
            archiveKeys(store);
            clock.advanceMillis(9 * DAY);
            store.set("renewed", "y");
            archiveKeys(store);
            store.set("hot", "y");
            store.delete("removed");
            assertThat(store.get("old")).isEqualTo("x"); // a copy is in memory now
            clock.advanceMillis(2 * DAY);
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(3);
            assertThat(store.engine.retire(store.engine.keyValue())).isEqualTo(1);
            assertThat(store.get("old")).isNull();
            assertThat(store.get("renewed")).isEqualTo("y");
            assertThat(store.get("removed")).isNull();
            assertThat(store.get("hot")).isEqualTo("y");
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(2);
            store.delete("hot");
        }
        try (var store = new TestStore(disk, config, clock)) {
            assertThat(store.get("old")).isNull();
            assertThat(store.get("removed")).isNull();
            assertThat(store.get("hot")).isNull();
            assertThat(store.get("renewed")).isEqualTo("y");
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(1);
        }
    }

    @Test
    void searchesGoOnWhileSegmentsAreMerged() throws Exception {
        try (var store = open()) {
            lines(store, 0);
            var table = store.engine.requireTable(LINES);
            var stop = new AtomicBoolean();
            var problems = new ArrayList<String>();
            for (int i = 0; i < 10; i++) {
                archivedLine(store, i, "word " + i);
            }
            var searcher = new Thread(() -> {
                long most = 10;
                while (!stop.get()) {
                    long total = store.engine
                            .search(table, SearchRequest.of("word", 1000))
                            .total();
                    if (total < most) {
                        problems.add("seen " + most + " and then " + total);
                    }
                    most = Math.max(most, total);
                }
            });
            searcher.start();
            try {
                for (int i = 10; i < 120; i++) {
                    archivedLine(store, i, "word " + i);
                    if (i % 5 == 0) {
                        store.engine.merge(table);
                    }
                }
            } finally {
                stop.set(true);
                searcher.join();
            }
            assertThat(problems).isEmpty();
            assertThat(store.find(LINES.toString(), "word")).hasSize(120);
        }
    }

    @Test
    void manySmallSegmentsAreMergedByThemselves() throws Exception {
        try (var store = new TestStore(disk, TestStore.CONFIG.withMergeWidth(4), clock)) {
            lines(store, 0);
            var random = new Random(5);
            for (int i = 0; i < 64; i++) {
                archivedLine(store, i, "word " + random.nextInt(100));
                store.set("k" + random.nextInt(20), "v" + i);
                archiveKeys(store);
            }
            for (int i = 0; i < 200 && segments(store, "logs.app") + segments(store, "default.kv") > 8; i++) {
                Thread.sleep(50);
            }
            assertThat(List.of(segments(store, "logs.app"), segments(store, "default.kv")))
                    .allMatch(count -> count < 8);
            assertThat(store.find(LINES.toString(), "word")).hasSize(64);
        }
    }
}
