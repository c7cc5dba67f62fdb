package sherd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import sherd.engine.archive.text.RowView;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.ManualClock;

/** A folder that is read without a node shows what its next start would show, and is left as it was. */
final class FolderReaderTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final TableName LINES = TableName.parse("logs.app");

    private final FaultDisk disk = new FaultDisk();
    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final Random random = new Random(SEED);

    private static ScanRequest all() {
        return new ScanRequest(List.of(), Long.MIN_VALUE, Long.MAX_VALUE, false, 30_000);
    }

    private static String text(RowView row, int column) {
        if (row.isNull(column)) {
            return "-";
        }
        var bytes = new byte[row.length(column)];
        row.copyBytes(column, bytes, 0);
        return new String(bytes, UTF_8);
    }

    /** {@code key/field} to value, {@code -} for the field of a string. */
    private TreeMap<String, String> keys() {
        var shown = new TreeMap<String, String>();
        try (var reader = FolderReader.open(disk, clock)) {
            var table = reader.requireTable(TableName.KEY_VALUE);
            reader.scan(table, all(), (row, time, id) -> {
                var before = shown.put(text(row, 0) + "/" + text(row, 1), text(row, 2));
                assertThat(before).as("shown twice").isNull();
            });
        }
        return shown;
    }

    @Test
    void everyKeyIsShownInItsNewestVersionWhereverItIs() {
        System.err.println("FolderReaderTest: -Dsherd.test.seed=" + SEED);
        var model = new TreeMap<String, String>();
        for (int round = 0; round < 4; round++) {
            try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
                for (int i = 0; i < 400; i++) {
                    change(store, model, "key" + random.nextInt(150));
                    if (random.nextInt(100) == 0) {
                        store.engine.archive(store.engine.keyValue(), 0);
                    }
                    if (random.nextInt(150) == 0) {
                        store.engine.checkpoint();
                    }
                }
            }
            assertThat(keys()).isEqualTo(model);
        }
    }

    private void change(TestStore store, TreeMap<String, String> model, String key) {
        var value = "v" + random.nextInt(1000);
        switch (random.nextInt(5)) {
            case 0 -> {
                store.delete(key);
                forget(model, key);
            }
            case 1 -> {
                store.delete(key);
                forget(model, key);
                for (int field = 0; field <= random.nextInt(4); field++) {
                    store.hset(key, "f" + field, value);
                    model.put(key + "/f" + field, value);
                }
            }
            case 2 -> {
                store.set(key, value);
                store.expire(key, clock.epochMillis() + 1);
                clock.advanceMillis(2);
                forget(model, key);
            }
            case 3 -> store.get(key); // may bring a copy of an archived row into memory
            default -> {
                store.set(key, value);
                forget(model, key);
                model.put(key + "/-", value);
            }
        }
    }

    private static void forget(TreeMap<String, String> model, String key) {
        model.subMap(key + "/", key + "0").clear();
    }

    @Test
    void rowsOfALogAreShownOnceOldestSegmentFirst() {
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            store.engine.createTable(TableDefinition.lines(LINES, 2, ArchiveSettings.DEFAULT));
            for (int part = 0; part < 3; part++) {
                store.lines(LINES.toString(), 1000L * part, "a" + part, "b" + part, "c" + part);
                if (part < 2) {
                    store.engine.archive(store.engine.requireTable(LINES), 0);
                }
            }
        }
        try (var reader = FolderReader.open(disk, clock)) {
            var table = reader.requireTable(LINES);
            assertThat(reader.rows(table)).isEqualTo(9);
            var lines = new ArrayList<String>();
            reader.scan(table, all(), (row, time, id) -> lines.add(text(row, 1)));
            assertThat(lines.subList(0, 3)).containsExactlyInAnyOrder("a0", "b0", "c0");
            assertThat(lines.subList(3, 6)).containsExactlyInAnyOrder("a1", "b1", "c1");
            assertThat(lines.subList(6, 9)).containsExactlyInAnyOrder("a2", "b2", "c2");
            assertThatThrownBy(() -> reader.requireTable(TableName.parse("logs.none")))
                    .hasMessageContaining("no such table: table=logs.none; there are default.kv, logs.app");
        }
    }

    @Test
    void theFolderIsLeftAsItWas() throws IOException {
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            store.set("a", "1");
            store.engine.archive(store.engine.keyValue(), 0);
            store.set("b", "2");
            assertThatThrownBy(() -> FolderReader.open(disk, clock))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_IN_USE));
        }
        var before = files();
        assertThat(keys()).hasSize(2);
        assertThat(files()).isEqualTo(before);
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            assertThat(store.get("a")).isEqualTo("1");
        }
    }

    private TreeMap<String, Long> files() throws IOException {
        var files = new TreeMap<String, Long>();
        for (var folder : List.of("", "log", "segments")) {
            for (var name : disk.list(folder)) {
                var file = folder.isEmpty() ? name : folder + "/" + name;
                files.put(file, disk.size(file));
            }
        }
        return files;
    }

    @Test
    void aFolderWithoutTablesHasNone() {
        try (var reader = FolderReader.open(disk, clock)) {
            assertThat(reader.tables()).isEmpty();
            assertThatThrownBy(() -> reader.requireTable(TableName.KEY_VALUE)).hasMessageContaining("no such table");
        }
    }
}
