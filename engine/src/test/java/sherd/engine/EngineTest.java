package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.SystemClock;

final class EngineTest {
    private final FaultDisk disk = new FaultDisk();

    private static final TableDefinition USERS = new TableDefinition(
            TableName.parse("default.users"),
            TableKind.RECORD,
            List.of(
                    new Column("id", ColumnType.INT64),
                    new Column("region", ColumnType.STRING),
                    new Column("score", ColumnType.FLOAT64),
                    new Column("bio", ColumnType.STRING)),
            List.of("id"),
            List.of("id", "region"),
            Optional.empty(),
            4,
            ArchiveSettings.DEFAULT);

    @Test
    void keysSurviveARestart() {
        try (var store = new TestStore(disk)) {
            store.set("a", "1");
            store.set("b", "2");
            store.hset("h", "f", "v");
            store.delete("b");
            assertThat(store.version("a")).matches("\\d:1");
        }
        try (var store = new TestStore(disk)) {
            assertThat(store.get("a")).isEqualTo("1");
            assertThat(store.get("b")).isNull();
            assertThat(store.hgetall("h")).containsExactly(java.util.Map.entry("f", "v"));
            assertThat(store.version("a")).matches("\\d:1");
        }
    }

    @Test
    void checkpointReplacesTheLog() {
        try (var store = new TestStore(disk)) {
            for (int i = 0; i < 2000; i++) {
                store.set("key" + i, "value" + i);
            }
            store.engine.checkpoint();
            store.set("key7", "changed");
            store.delete("key8");
        }
        try (var store = new TestStore(disk)) {
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(1999);
            assertThat(store.get("key7")).isEqualTo("changed");
            assertThat(store.get("key8")).isNull();
            assertThat(store.get("key1999")).isEqualTo("value1999");
            assertThat(store.engine.status().recoveredChanges()).isEqualTo(2);
        }
    }

    @Test
    void afterACheckpointTheLogIsShorterThanWhatCallsForTheNext() {
        var config = TestStore.CONFIG.withCheckpointBytes(1 << 20);
        try (var store = new TestStore(disk, config, new SystemClock())) {
            var value = "x".repeat(1 << 10);
            for (int i = 0; i < 3 << 10; i++) {
                store.set("key" + i % 10, value);
            }
            store.engine.checkpoint();
            assertThat(store.engine.log().retainedBytes()).isLessThan(config.checkpointBytes());
        }
    }

    @Test
    @Timeout(60)
    void theLogMayBecomeAsLongAsTheRowsBeforeTheNextCheckpoint() throws InterruptedException {
        var config = TestStore.CONFIG.withCheckpointBytes(1 << 20);
        try (var store = new TestStore(disk, config, new SystemClock())) {
            writeMegabytes(store, 4, 4096);
            store.engine.checkpoint();
            writeMegabytes(store, 2, 4096);
            assertThat(store.engine.checkpointDue()).isFalse();
            long covered = store.engine.status().checkpointLsn();
            writeMegabytes(store, 8, 4096);
            awaitCheckpoint(store, covered);
        }
    }

    @Test
    @Timeout(60)
    void aDiskThatRunsFullCallsForACheckpointEarly() throws InterruptedException {
        try (var store = new TestStore(disk, TestStore.CONFIG.withCheckpointBytes(8 << 20), new SystemClock())) {
            writeMegabytes(store, 3, 256);
            assertThat(store.engine.checkpointDue()).isFalse();
            disk.limit(8 << 20);
            awaitCheckpoint(store, 0);
        }
    }

    private static void writeMegabytes(TestStore store, int megabytes, int keys) {
        var value = "x".repeat(1 << 10);
        for (int i = 0; i < megabytes << 10; i++) {
            store.set("key" + i % keys, value);
        }
    }

    /** The engine takes it by itself. */
    private static void awaitCheckpoint(TestStore store, long coveredBefore) throws InterruptedException {
        while (store.engine.status().checkpointLsn() <= coveredBefore) {
            Thread.sleep(10);
        }
    }

    @Test
    void aRowHasAVersionBeyondTheRemovalBeforeItAlsoAfterARestart() {
        try (var store = new TestStore(disk)) {
            for (var key : List.of("a", "b", "c")) {
                store.set(key, "first");
                assertThat(store.version(key)).endsWith(":1");
            }
            store.delete("a");
            store.set("a", "second");
            assertThat(store.version("a")).endsWith(":3");
            store.delete("b");
            store.engine.checkpoint();
            store.delete("c");
        }
        try (var store = new TestStore(disk)) {
            for (var key : List.of("b", "c")) {
                store.set(key, "second");
                assertThat(store.version(key)).endsWith(":3");
            }
        }
    }

    @Test
    void rowsOfALogGoOnCountingWhenAllBeforeAreArchived() {
        var name = TableName.parse("logs.app");
        try (var store = new TestStore(disk)) {
            store.engine.createTable(TableDefinition.lines(name, 1, ArchiveSettings.DEFAULT));
            store.lines("logs.app", 1, "first", "second");
            store.engine.archive(store.engine.requireTable(name), 0);
            store.engine.checkpoint(); // has no row of the table, and the commit log has none any more
        }
        try (var store = new TestStore(disk)) {
            store.lines("logs.app", 2, "third");
        }
        try (var store = new TestStore(disk)) {
            assertThat(store.find("logs.app", "")).containsExactly("third", "second", "first");
        }
    }

    @Test
    void archivedKeysAreReadChangedAndRemovedLikeOthers() {
        try (var store = new TestStore(disk)) {
            for (int i = 0; i < 1000; i++) {
                store.set("key" + i, "value" + i);
            }
            store.hset("hash", "f1", "v1");
            var made = store.engine.archive(store.engine.keyValue(), 0);
            assertThat(made).hasSize(1);
            assertThat(made.getFirst().rows()).isEqualTo(1001);
            var status = store.engine.status(store.engine.keyValue());
            assertThat(status.hotRows()).isZero();
            assertThat(status.archivedRows()).isEqualTo(1001);
            assertThat(store.get("key1")).isEqualTo("value1");
            assertThat(store.version("key1")).matches("\\d:1");
            store.set("key2", "new");
            assertThat(store.version("key2")).matches("\\d:2");
            assertThat(store.delete("key3")).isTrue();
            assertThat(store.delete("key3")).isFalse();
            store.hset("hash", "f2", "v2");
            assertThat(store.get("absent")).isNull();
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(1000);
        }
        for (int round = 0; round < 2; round++) {
            try (var store = new TestStore(disk)) {
                assertThat(store.get("key1")).isEqualTo("value1");
                assertThat(store.get("key2")).isEqualTo("new");
                assertThat(store.get("key3")).isNull();
                assertThat(store.hgetall("hash")).hasSize(2);
                assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(1000);
                if (round == 0) {
                    store.engine.checkpoint();
                } else {
                    store.engine.archive(store.engine.keyValue(), 0);
                    assertThat(store.get("key2")).isEqualTo("new");
                    assertThat(store.get("key3")).isNull();
                    assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(1000);
                }
            }
        }
    }

    @Test
    void linesAreFoundInMemoryInSegmentsAndAfterRestart() {
        var name = TableName.parse("logs.app");
        try (var store = new TestStore(disk)) {
            assertThat(store.engine.createTable(TableDefinition.lines(name, 1, ArchiveSettings.DEFAULT)))
                    .isTrue();
            store.lines("logs.app", 1000, "first error here", "second\r", "third Error");
            store.lines("logs.app", 2000, "fourth");
            assertThat(store.find("logs.app", "error")).containsExactly("third Error", "first error here");
            store.engine.archive(store.engine.requireTable(name), 0);
            store.lines("logs.app", 3000, "a late error");
            assertThat(store.find("logs.app", "error"))
                    .containsExactly("a late error", "third Error", "first error here");
            assertThat(store.find("logs.app", "second")).containsExactly("second\r");
        }
        for (int round = 0; round < 3; round++) {
            try (var store = new TestStore(disk)) {
                assertThat(store.find("logs.app", "error"))
                        .containsExactly("a late error", "third Error", "first error here");
                assertThat(store.find("logs.app", "")).hasSize(5);
                if (round == 0) {
                    store.engine.checkpoint();
                } else if (round == 1) {
                    store.engine.archive(store.engine.requireTable(name), 0);
                }
            }
        }
    }

    @Test
    void rowsWithColumnsMoveWithTheirShardKeyAndKeepTheirVersions() {
        try (var store = new TestStore(disk)) {
            store.engine.createTable(USERS);
            store.hset("users:7", "region", "sh");
            store.hset("users:7", "score", "1.5");
            store.hset("users:7", "bio", "likes arrays");
            var before = store.version("users:7");
            for (var region : List.of("bj", "gz", "hk", "sz", "tj", "cq")) {
                store.hset("users:7", "region", region);
            }
            assertThat(store.version("users:7")).isNotEqualTo(before);
            assertThat(store.hgetall("users:7"))
                    .containsEntry("id", "7")
                    .containsEntry("score", "1.5")
                    .containsEntry("region", "cq");
            assertThat(store.engine.size(store.engine.requireTable(USERS.name())))
                    .isEqualTo(1);
            assertThatThrownBy(() -> store.hset("users:7", "score", "much"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("score");
            assertThat(store.find("default.users", "arrays")).hasSize(1);
            store.engine.archive(store.engine.requireTable(USERS.name()), 0);
            assertThat(store.find("default.users", "arrays")).hasSize(1);
            assertThat(store.hgetall("users:7")).containsEntry("region", "cq");
            store.hset("users:7", "bio", "likes trees");
            assertThat(store.find("default.users", "arrays")).isEmpty();
            assertThat(store.find("default.users", "trees")).hasSize(1);
        }
        try (var store = new TestStore(disk)) {
            assertThat(store.hgetall("users:7"))
                    .containsEntry("bio", "likes trees")
                    .containsEntry("region", "cq");
            assertThat(store.find("default.users", "trees")).hasSize(1);
        }
    }

    @Test
    void idsOfLinesGoOnAfterACheckpointThatFoundAllOfThemArchived() {
        var name = TableName.parse("logs.app");
        try (var store = new TestStore(disk)) {
            store.engine.createTable(TableDefinition.lines(name, 1, ArchiveSettings.DEFAULT));
            store.lines("logs.app", 1000, "one", "two", "three");
            store.engine.archive(store.engine.requireTable(name), 0);
            store.engine.checkpoint();
        }
        try (var store = new TestStore(disk)) {
            store.lines("logs.app", 2000, "four");
        }
        try (var store = new TestStore(disk)) {
            assertThat(store.find("logs.app", "")).containsExactlyInAnyOrder("one", "two", "three", "four");
        }
    }

    @Test
    void theSmallestMemoryLimitTakesWrites() {
        var config = TestStore.CONFIG.withMemoryLimit(16L << 20);
        try (var store = new TestStore(disk, config, new SystemClock())) {
            for (int i = 0; i < 1000; i++) {
                store.set("key" + i, "value" + i);
            }
            assertThat(store.get("key999")).isEqualTo("value999");
        }
    }

    @Test
    void aSecondEngineOnTheFolderIsRefused() {
        try (var store = new TestStore(disk)) {
            assertThat(store.engine).isNotNull();
            assertThatThrownBy(() -> new TestStore(disk)).hasMessageContaining("in use");
        }
    }

    @Test
    void dropAndFlushLeaveNothing() {
        var name = TableName.parse("logs.app");
        try (var store = new TestStore(disk)) {
            store.engine.createTable(TableDefinition.lines(name, 1, ArchiveSettings.DEFAULT));
            store.lines("logs.app", 1, "x");
            store.engine.archive(store.engine.requireTable(name), 0);
            store.lines("logs.app", 1, "y");
            assertThat(store.engine.dropTable(name)).isTrue();
            assertThat(store.engine.dropTable(name)).isFalse();
            store.set("k", "v");
            store.engine.archive(store.engine.keyValue(), 0);
            store.set("l", "v");
            store.await(store.engine.flush(store.engine.keyValue()));
            assertThat(store.engine.size(store.engine.keyValue())).isZero();
            assertThat(store.get("k")).isNull();
        }
        try (var store = new TestStore(disk)) {
            assertThat(store.engine.table(name)).isEmpty();
            assertThat(store.get("k")).isNull();
            assertThat(store.get("l")).isNull();
        }
    }
}
