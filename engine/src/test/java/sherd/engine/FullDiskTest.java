package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;

/** Background work that finds no room, however much or little is missing, takes none and harms nothing. */
final class FullDiskTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final int ROWS = 2_000;
    private static final int STEP = 4 << 10;

    private final FaultDisk disk = new FaultDisk();

    @Test
    void aCheckpointWithoutRoomLeavesNothingBehind() {
        assertThat(triesUntilThereIsRoom(store -> store.engine.checkpoint()))
                .as("checkpoints that found no room")
                .isGreaterThan(10);
    }

    @Test
    void archivingWithoutRoomLeavesTheRowsInMemory() {
        assertThat(triesUntilThereIsRoom(store -> store.engine.archive(store.engine.requireTable(LINES), 0)))
                .as("archives that found no room")
                .isGreaterThan(10);
    }

    /** Gives the disk a little more room each time; returns how often it was too little. */
    private int triesUntilThereIsRoom(Consumer<TestStore> work) {
        int failures = 0;
        try (var store = new TestStore(disk)) {
            fill(store);
            long used = used();
            for (boolean done = false; !done; ) {
                disk.limit(used + (long) failures * STEP);
                var before = disk.files();
                done = succeeds(() -> work.accept(store));
                if (!done) {
                    failures++;
                    assertThat(disk.files()).isEqualTo(before);
                    assertThat(store.find(LINES.toString(), "line")).hasSize(ROWS);
                }
            }
            disk.limit(Long.MAX_VALUE);
            store.set("after", "kept");
        }
        try (var store = new TestStore(disk)) {
            assertThat(store.find(LINES.toString(), "line")).hasSize(ROWS);
            assertThat(store.get("key" + (ROWS - 1))).hasSize(100);
            assertThat(store.get("after")).isEqualTo("kept");
        }
        return failures;
    }

    private static boolean succeeds(Runnable work) {
        try {
            work.run();
            return true;
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL);
            assertThat(e).hasMessageContaining("the disk is full").hasMessageContaining("make room");
            return false;
        }
    }

    private static void fill(TestStore store) {
        store.engine.createTable(TableDefinition.lines(LINES, 4, ArchiveSettings.DEFAULT));
        var random = new Random(3);
        for (int i = 0; i < ROWS; i++) {
            store.set("key" + i, text(random));
        }
        for (int i = 0; i < ROWS; i += 100) {
            var lines = new String[100];
            for (int line = 0; line < lines.length; line++) {
                lines[line] = "line " + text(random);
            }
            store.lines(LINES.toString(), 1_700_000_000_000L + i, lines);
        }
        store.engine.log().sync();
    }

    /** What does not compress. */
    private static String text(Random random) {
        var text = new StringBuilder(100);
        for (int i = 0; i < 100; i++) {
            text.append((char) ('!' + random.nextInt('~' - '!')));
        }
        return text.toString();
    }

    private long used() {
        return disk.files().stream()
                .mapToLong(name -> disk.content(name).length)
                .sum();
    }
}
