package sherd.bench.run;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import sherd.bench.frame.BenchException;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.archive.Catalog;
import sherd.engine.archive.CatalogState;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentSpec;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.archive.TableEntry;
import sherd.engine.command.Kind;
import sherd.engine.disk.Disk;
import sherd.engine.disk.LocalDisk;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Events;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.engine.table.SegmentSchema;
import sherd.engine.table.SegmentState;
import sherd.engine.table.SegmentState.RowRange;
import sherd.engine.time.SystemClock;

/**
 * A data folder with a lot of archived text that takes little room: real log lines, each followed by blanks. Half of it is
 * in a log table, an hour a segment, half in a record table. Segments are written by the store's own writer, past commit
 * log and memory.
 */
final class SparseFolder {
    static final TableName LINES = TableName.parse("logs.sparse");
    static final TableName PAGES = TableName.parse("default.pages");
    static final long FIRST_TIME = 1_700_000_000_000L;
    static final long HOUR = 3_600_000L;

    private final Disk disk;
    private final List<byte[]> lines;
    private final byte[] text;
    private final int segmentRows;
    private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);
    private int nextLine;

    /** @param rowBytes of a row's text */
    SparseFolder(Path folder, List<byte[]> lines, int rowBytes, int segmentRows) {
        try {
            disk = new LocalDisk(folder);
        } catch (IOException e) {
            throw new BenchException("cannot use the folder " + folder + ": " + e, e);
        }
        this.lines = lines;
        this.text = new byte[rowBytes];
        this.segmentRows = segmentRows;
    }

    /** The word that one line has. */
    static String word(long row) {
        return "only" + Long.toString(row, 36) + "q";
    }

    static String key(long row) {
        return "page" + row;
    }

    /** Makes so many segments of each table. */
    void build(int segments, LongConsumer written) {
        createTables();
        var state = Catalog.load(disk);
        var entries = new ArrayList<>(state.segments());
        long sequence = 1000;
        for (int i = 0; i < segments; i++) {
            entries.add(logSegment(entry(state, LINES), i, ++sequence));
            entries.add(recordSegment(entry(state, PAGES), i, ++sequence));
            written.accept(2L * (i + 1) * segmentRows * text.length);
        }
        var more = new HashMap<>(state.state());
        more.put("next_sequence", Long.toString(sequence + 1));
        Catalog.commit(
                disk,
                new CatalogState(
                        state.version() + 1,
                        state.nextTableId(),
                        state.checkpointLsn(),
                        state.tables(),
                        entries,
                        more));
    }

    private void createTables() {
        try (var engine = Engine.open(
                EngineConfig.DEFAULT.withMergeWidth(0),
                disk,
                new SystemClock(),
                new SplittableRandom(1),
                Events.SILENT,
                Thread.ofPlatform().daemon().factory())) {
            engine.createTable(new TableDefinition(
                    LINES,
                    TableKind.LOG,
                    List.of(
                            new Column("ts", ColumnType.TIMESTAMP),
                            new Column("line", ColumnType.STRING),
                            new Column("n", ColumnType.INT64)),
                    List.of(),
                    List.of(),
                    Optional.of("ts"),
                    1,
                    ArchiveSettings.DEFAULT));
            engine.createTable(new TableDefinition(
                    PAGES,
                    TableKind.RECORD,
                    List.of(new Column("id", ColumnType.STRING), new Column("body", ColumnType.STRING)),
                    List.of("id"),
                    List.of(),
                    Optional.empty(),
                    1,
                    ArchiveSettings.DEFAULT));
        }
    }

    private static TableEntry entry(CatalogState state, TableName name) {
        return state.tables().stream()
                .filter(table -> table.definition().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private SegmentWriter begin(TableEntry table, long sequence) {
        var schema = new SegmentSchema(table.definition());
        var id = String.format(Locale.ROOT, "arc-20231114-%03d", sequence);
        return SegmentWriter.create(
                disk,
                new SegmentSpec(
                        id, "segments", table.definition().name(), schema.columns(), schema.time(), schema.key()),
                new SystemClock(),
                budget);
    }

    private SegmentEntry logSegment(TableEntry table, int number, long sequence) {
        try (var writer = begin(table, sequence)) {
            long first = (long) number * segmentRows;
            for (int row = 0; row < segmentRows; row++) {
                fill(word(first + row));
                writer.putLong(0, FIRST_TIME + number * HOUR + row * HOUR / segmentRows);
                writer.putBytes(1, text, 0, text.length);
                writer.putLong(2, first + row);
                writer.putLong(3, 0);
                writer.putLong(4, first);
                writer.endRow();
            }
            return seal(
                    writer, table, sequence, new SegmentState(0, List.of(new RowRange(0, first, first + segmentRows))));
        }
    }

    @SuppressWarnings("EnumOrdinal") // as the store writes it
    private SegmentEntry recordSegment(TableEntry table, int number, long sequence) {
        var vector = "0/0:1".getBytes(US_ASCII);
        try (var writer = begin(table, sequence)) {
            for (int row = 0; row < segmentRows; row++) {
                var key = key((long) number * segmentRows + row).getBytes(US_ASCII);
                fill("page");
                writer.putBytes(0, key, 0, key.length);
                writer.putBytes(1, text, 0, text.length);
                writer.putBytes(2, key, 0, key.length);
                writer.putLong(3, Kind.ROW.ordinal());
                writer.putLong(4, 0);
                writer.putLong(5, -1);
                writer.putBytes(6, vector, 0, vector.length);
                writer.putLong(7, FIRST_TIME / 1000);
                writer.endRow();
            }
            return seal(writer, table, sequence, new SegmentState(0, List.of()));
        }
    }

    private static SegmentEntry seal(SegmentWriter writer, TableEntry table, long sequence, SegmentState state) {
        var kept = new HashMap<String, String>(state.encode());
        var meta = writer.seal();
        kept.putAll(writer.words().map(words -> Map.of("words", words.encode())).orElse(Map.of()));
        return new SegmentEntry(meta, table.id(), SegmentEntry.Purpose.ARCHIVE, sequence, kept);
    }

    /** A word, a line, and blanks. */
    private void fill(String word) {
        Arrays.fill(text, (byte) ' ');
        var start = word.getBytes(US_ASCII);
        System.arraycopy(start, 0, text, 0, start.length);
        var line = lines.get(nextLine++ % lines.size());
        System.arraycopy(line, 0, text, start.length + 1, Math.min(line.length, text.length - start.length - 1));
    }
}
