package sherd.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.FormatPage;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;

final class CatalogTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private LocalDisk disk;

    @BeforeEach
    void openFolder() throws Exception {
        disk = new LocalDisk(folder);
    }

    @Test
    void theDocumentedExampleIsWhatTheCodeWrites() throws Exception {
        Catalog.commit(disk, CatalogState.EMPTY);
        assertThat(Files.readAllBytes(folder.resolve("catalog")))
                .isEqualTo(FormatPage.of("catalog.md", "Worked example").bytes(0));
    }

    private static CatalogState sample() {
        var columns = new ArrayList<Column>();
        for (var type : ColumnType.values()) {
            columns.add(new Column("c_" + type.label(), type));
        }
        var users = new TableDefinition(
                new TableName("shop", "users"),
                TableKind.RECORD,
                columns,
                List.of("c_int64", "c_string"),
                List.of("c_int64"),
                Optional.of("c_timestamp"),
                16,
                new ArchiveSettings(1, 2, 3, 4));
        var lines = TableDefinition.lines(new TableName("logs", "app"), 4, ArchiveSettings.DEFAULT);
        var meta = new SegmentMeta(
                "arc-20261123-001",
                "segments/arc-20261123-001.tar",
                Rows.TABLE,
                Rows.ALL_TYPES,
                0,
                2,
                7,
                -5,
                9,
                true,
                3,
                -1,
                4,
                5,
                6,
                "ab".repeat(32));
        return new CatalogState(
                41,
                3,
                1L << 40,
                List.of(new TableEntry(1, users, Map.of()), new TableEntry(2, lines, Map.of("floor", "7", "ü", ""))),
                List.of(
                        new SegmentEntry(meta, 2, SegmentEntry.Purpose.ARCHIVE, 12, Map.of("rows", "1-7")),
                        new SegmentEntry(meta, 1, SegmentEntry.Purpose.CHECKPOINT, 13, Map.of())),
                Map.of("owner", "node-1"));
    }

    @Test
    void aNewFolderHasAnEmptyCatalog() {
        assertThat(Catalog.load(disk)).isEqualTo(CatalogState.EMPTY);
        assertThat(Catalog.check(disk)).isEmpty();
    }

    @Test
    void theLastCommitIsLoaded() {
        Catalog.commit(disk, CatalogState.EMPTY);
        assertThat(Catalog.load(disk)).isEqualTo(CatalogState.EMPTY);
        Catalog.commit(disk, sample());
        assertThat(Catalog.load(disk)).isEqualTo(sample());
        assertThat(Catalog.check(disk)).isEmpty();
    }

    @Test
    void everyFlippedBitAndEveryCutIsReported() throws Exception {
        Catalog.commit(disk, sample());
        var file = folder.resolve("catalog");
        var sound = Files.readAllBytes(file);
        for (int bit = 0; bit < sound.length * 8; bit++) {
            var damaged = sound.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertCorrupt(file, damaged);
        }
        for (int length = 0; length < sound.length + 10; length++) {
            if (length != sound.length) {
                assertCorrupt(file, Arrays.copyOf(sound, length));
            }
        }
    }

    @Test
    void leftoversOfACrashAreDeletedAndNothingElse() throws Exception {
        var meta = Rows.write(disk, Rows.lines("arc-20261123-001"), List.of());
        Files.writeString(folder.resolve("segments/arc-20261123-002.tar.tmp"), "half");
        Files.writeString(folder.resolve("catalog.tmp"), "half");
        Catalog.commit(disk, sample());
        Files.writeString(folder.resolve("catalog.tmp"), "half");
        assertThat(Catalog.deleteLeftovers(disk, "segments"))
                .containsExactlyInAnyOrder("catalog.tmp", "segments/arc-20261123-002.tar.tmp");
        assertThat(disk.exists(meta.file())).isTrue();
        assertThat(Catalog.load(disk)).isEqualTo(sample());
        assertThat(Catalog.deleteLeftovers(disk, "segments")).isEmpty();
    }

    private void assertCorrupt(Path file, byte[] bytes) throws Exception {
        Files.write(file, bytes);
        assertThat(Catalog.check(disk)).hasSize(1);
        assertThatThrownBy(() -> Catalog.load(disk))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_CATALOG));
    }
}
