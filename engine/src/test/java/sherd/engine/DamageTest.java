package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.ErrorCode.Category;
import sherd.engine.error.Fault;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;

/** Flips every byte of a small folder, one at a time: the check reports each, and no flip is served as good data. */
final class DamageTest {
    private static final TableName LINES = TableName.parse("logs.app");

    @Test
    void everyFlippedByteIsReportedAndNoneIsServed() {
        var disk = new FaultDisk();
        try (var store = new TestStore(disk)) {
            store.engine.createTable(TableDefinition.lines(LINES, 1, ArchiveSettings.DEFAULT));
            store.set("archived", "cold value");
            store.lines(LINES.toString(), 1, "an archived line");
            store.engine.archive(store.engine.keyValue(), 0);
            store.engine.archive(store.engine.requireTable(LINES), 0);
            store.set("saved", "checkpointed value");
            store.engine.checkpoint();
            store.set("logged", "logged value");
        }
        assertThat(disk.files()).hasSizeGreaterThan(5);
        int flips = 0;
        for (var file : disk.files()) {
            for (int offset = 0; offset < disk.content(file).length; offset++) {
                var damaged = disk.copy();
                damaged.flip(file, offset, (offset * 7 + flips) % 8);
                flips++;
                assertThat(Engine.check(damaged)).as(file + " byte " + offset).isNotEmpty();
                if (flips % 97 == 0) {
                    servesNothingWrong(damaged, file, offset);
                }
            }
        }
        assertThat(flips).isGreaterThan(5000);
    }

    @Test
    void aFolderThatLostItsCatalogIsRefusedAndKeepsItsSegments() throws IOException {
        var disk = new FaultDisk();
        try (var store = new TestStore(disk)) {
            store.set("archived", "cold value");
            store.engine.archive(store.engine.keyValue(), 0);
            store.engine.checkpoint();
        }
        var lost = disk.copy();
        lost.delete("catalog");
        assertThat(Engine.check(lost)).extracting(Fault::file).contains("catalog");
        var files = lost.files();
        assertThatThrownBy(() -> new TestStore(lost))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_CATALOG))
                .hasMessageContaining("segment_files=1");
        assertThat(lost.files()).isEqualTo(files);
    }

    private static void servesNothingWrong(FaultDisk damaged, String file, int offset) {
        var told = file + " byte " + offset;
        TestStore store;
        try {
            store = new TestStore(damaged);
        } catch (StoreException e) {
            assertThat(e.code().category()).as(told + ": " + e.getMessage()).isEqualTo(Category.CORRUPTION);
            return;
        }
        try {
            assertThat(read(store, "archived")).as(told).isIn("cold value", null);
            assertThat(read(store, "saved")).as(told).isIn("checkpointed value", null);
            assertThat(read(store, "logged")).as(told).isIn("logged value", null);
            assertThat(List.of("an archived line")).as(told).containsAll(find(store));
        } finally {
            store.abandon();
        }
    }

    private static @Nullable String read(TestStore store, String key) {
        try {
            return store.get(key);
        } catch (StoreException e) {
            assertThat(e.code().category()).isEqualTo(Category.CORRUPTION);
            return null;
        }
    }

    private static List<String> find(TestStore store) {
        try {
            return store.find(LINES.toString(), "");
        } catch (StoreException e) {
            assertThat(e.code().category()).isEqualTo(Category.CORRUPTION);
            return List.of();
        }
    }
}
