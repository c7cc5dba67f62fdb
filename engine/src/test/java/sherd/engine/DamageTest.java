package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.ErrorCode.Category;
import sherd.engine.error.Fault;
import sherd.engine.error.StoreException;
import sherd.engine.log.LogCheck;
import sherd.engine.log.SyncPolicy;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.SystemClock;

/** Flips every byte of a small folder, one at a time: the check reports each, and no flip is served as good data. */
final class DamageTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final String LOG = "log/00000000000000000000.log";

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

    /** As a killed process leaves it under {@code os}: no frame tells that an earlier one was stored. */
    @Test
    void whatAStartCutsOffALogThatWasNeverSyncedIsKept() throws IOException {
        var disk = new FaultDisk();
        FaultDisk killed;
        long good;
        try (var store = new TestStore(disk, TestStore.CONFIG.withSync(SyncPolicy.OS), new SystemClock())) {
            store.set("before", "is there");
            awaitWritten(disk, store.engine.log().end());
            good = disk.size(LOG);
            store.set("damaged", "is lost");
            awaitWritten(disk, store.engine.log().end());
            store.set("later", "is kept");
            awaitWritten(disk, store.engine.log().end());
            killed = disk.copy();
        }
        killed.flip(LOG, (int) good + 40, 3);
        var log = killed.content(LOG);
        assertThat(Engine.check(killed)).extracting(Fault::file).containsExactly(LOG);
        try (var store = new TestStore(killed)) {
            assertThat(store.get("before")).isEqualTo("is there");
            assertThat(store.get("damaged")).isNull();
            assertThat(store.get("later")).isNull();
            store.set("after", "is new");
            store.engine.checkpoint();
        }
        assertThat(killed.files()).doesNotContain(LOG);
        var kept = killed.files().stream()
                .filter(name -> name.endsWith(".cut"))
                .findFirst()
                .orElseThrow();
        assertThat(killed.content(kept)).endsWith(Arrays.copyOfRange(log, (int) good, log.length));
        assertThat(Engine.report(killed).notes()).extracting(Fault::file).containsExactly(kept);
        FolderReader.open(killed, new SystemClock()).close();
        try (var store = new TestStore(killed)) {
            assertThat(store.get("after")).isEqualTo("is new");
        }
        assertThat(killed.files()).contains(kept);
    }

    private static void awaitWritten(FaultDisk disk, long lsn) throws IOException {
        var budget = new MemoryBudget(Long.MAX_VALUE);
        while (LogCheck.check(disk.copy(), budget, 0).endLsn() < lsn) {
            LockSupport.parkNanos(100_000);
        }
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
