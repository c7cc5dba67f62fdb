package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.archive.SegmentColumn;
import sherd.engine.archive.SegmentSpec;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.log.SyncPolicy;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Events;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.engine.time.SystemClock;

/** Sound files and tables that the inputs are made from. */
final class Samples {
    static final EngineConfig CONFIG = EngineConfig.DEFAULT
            .withMemoryLimit(64 << 20)
            .withShards(4)
            .withSync(SyncPolicy.OS)
            .withCheckpointBytes(4 << 20);

    static final TableName LINES = new TableName("logs", "app");
    static final TableName PAIRS = new TableName("default", "pairs");

    static final List<SegmentColumn> COLUMNS = List.of(
            new SegmentColumn("ts", ColumnType.TIMESTAMP, false, false),
            new SegmentColumn("line", ColumnType.STRING, true, false),
            new SegmentColumn("id", ColumnType.BYTES, false, false),
            new SegmentColumn("n", ColumnType.INT64, false, false),
            new SegmentColumn("d", ColumnType.FLOAT64, false, false),
            new SegmentColumn("ok", ColumnType.BOOL, false, false));

    static final int KEY = 2;

    private Samples() {}

    static Engine engine(HeldDisk disk) {
        return Engine.open(
                CONFIG,
                disk,
                new SystemClock(),
                new Random(1),
                Events.SILENT,
                Thread.ofPlatform().daemon().name("fuzz-engine").factory());
    }

    static void createTables(Engine engine) {
        engine.createTable(TableDefinition.lines(LINES, 2, ArchiveSettings.DEFAULT));
        engine.createTable(new TableDefinition(
                PAIRS,
                TableKind.RECORD,
                List.of(
                        new Column("user", ColumnType.STRING),
                        new Column("region", ColumnType.STRING),
                        new Column("n", ColumnType.INT64),
                        new Column("d", ColumnType.FLOAT64),
                        new Column("ok", ColumnType.BOOL)),
                List.of("user", "region"),
                List.of(),
                Optional.empty(),
                2,
                ArchiveSettings.DEFAULT));
    }

    /** Writes a segment with a key, words and nulls; returns its file's name. */
    static String segment(HeldDisk disk, MemoryBudget budget, int rows) {
        var spec = new SegmentSpec("arc-20261123-001", "segments", LINES, COLUMNS, 0, KEY);
        try (var writer = SegmentWriter.create(disk, spec, new SystemClock(), budget)) {
            for (int row = 0; row < rows; row++) {
                writer.putLong(0, 1_700_000_000_000L + row * 10L);
                if (row % 5 != 4) {
                    bytes(writer, 1, line(row));
                }
                bytes(writer, KEY, "key-" + row);
                writer.putLong(3, row % 3);
                if (row % 2 == 0) {
                    writer.putDouble(4, row / 2.0);
                }
                writer.putLong(5, row & 1);
                writer.endRow();
            }
            return writer.seal().file();
        }
    }

    private static void bytes(SegmentWriter writer, int column, String text) {
        var bytes = text.getBytes(UTF_8);
        writer.putBytes(column, bytes, 0, bytes.length);
    }

    static String line(int row) {
        return String.format(Locale.ROOT, "error user_%d timeout 10.0.0.%d straße データ blk_-%d", row % 4, row, row * 7);
    }

    /** Texts as inputs. */
    static List<byte[]> bytes(List<String> texts) {
        var all = new ArrayList<byte[]>();
        texts.forEach(text -> all.add(text.getBytes(UTF_8)));
        return all;
    }
}
