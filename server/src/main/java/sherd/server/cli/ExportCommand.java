package sherd.server.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sherd.engine.FolderReader;
import sherd.engine.RowVisitor;
import sherd.engine.ScanRequest;
import sherd.engine.SegmentRows;
import sherd.engine.archive.text.RowView;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.Column;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.time.SystemClock;
import sherd.server.TimeText;
import sherd.server.parquet.ParquetWriter;

@Command(
        name = "export",
        description = {
            "Writes the rows of a table, or of one segment, as a Parquet file. Needs no node.",
            "A table is read, memory and segments, from a data folder that no node has open. A segment is read at any"
                    + " time, as it is: what newer segments say of its rows is not asked."
        })
final class ExportCommand implements Callable<Integer> {
    private static final long DEADLINE_MILLIS = TimeUnit.DAYS.toMillis(365);
    private static final int ROWS_AT_ONCE = 1024;

    @Parameters(paramLabel = "TABLE|SEGMENT", description = "DB.TABLE, or a file, data/segments/....tar.")
    private String source = "";

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "The file to make; it must be new.")
    private Path target = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder, by default ${DEFAULT-VALUE}.")
    private Path folder = Path.of("data");

    @Option(
            names = "--from",
            paramLabel = "T",
            description = "No row before this: RFC 3339, epoch milliseconds, now-1h.")
    private @Nullable String from;

    @Option(names = "--until", paramLabel = "T", description = "No row at or after this.")
    private @Nullable String until;

    @Option(names = "--columns", split = ",", paramLabel = "NAME", description = "These columns; else all.")
    private @Nullable List<String> columns;

    /** What rows come from. */
    private interface Source {
        void scan(ScanRequest request, RowVisitor visitor);
    }

    @Override
    public Integer call() {
        long began = System.nanoTime();
        boolean isSegment = source.endsWith(".tar") || Files.isRegularFile(Path.of(source));
        var done = isSegment ? exportSegment() : exportTable();
        System.out.printf(
                Locale.ROOT,
                "exported %d rows, %d bytes, to %s in %.2f s%n",
                done.rows(),
                done.bytes(),
                target,
                (System.nanoTime() - began) / 1e9);
        return 0;
    }

    /** What came of it. */
    private record Done(long rows, long bytes) {}

    private Done exportTable() {
        var name = tableName();
        try (var reader = FolderReader.open(Folders.existing(folder), new SystemClock())) {
            var table = reader.requireTable(name);
            var definition = table.definition();
            requireTimes(definition.time().isPresent());
            return export(
                    FolderReader.columns(table),
                    metadata(definition),
                    reader.rows(table),
                    (request, visitor) -> reader.scan(table, request, visitor));
        }
    }

    private TableName tableName() {
        try {
            return TableName.parse(source);
        } catch (StoreException notOne) {
            throw new WrongUseException(notOne.getMessage()
                    + "; name a table, or a segment, for example data/segments/arc-20260131-001.tar");
        }
    }

    private static Map<String, String> metadata(TableDefinition definition) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("sherd.table", definition.name().toString());
        facts.put("sherd.kind", definition.kind().label());
        if (!definition.key().isEmpty()) {
            facts.put("sherd.key", String.join(",", definition.key()));
        }
        definition.time().ifPresent(time -> facts.put("sherd.time", time));
        return facts;
    }

    private Done exportSegment() {
        try (var segment = SegmentFile.open(Path.of(source))) {
            var meta = segment.meta();
            requireTimes(meta.timeColumn() >= 0);
            return export(
                    SegmentRows.columns(meta),
                    Map.of("sherd.table", meta.table().toString(), "sherd.segment_id", meta.id()),
                    meta.rows(),
                    (request, visitor) ->
                            SegmentRows.scan(segment, request, visitor, new MemoryBudget(Long.MAX_VALUE)));
        }
    }

    private void requireTimes(boolean timed) {
        if (!timed && (from != null || until != null)) {
            throw new WrongUseException("rows of " + source + " have no times; leave --from and --until out");
        }
    }

    private Done export(List<Column> all, Map<String, String> metadata, long total, Source rows) {
        var chosen = chosen(all);
        var exported = IntStream.of(chosen).mapToObj(all::get).toList();
        var request = request();
        try (var file = new NewFile(target);
                var writer = new ParquetWriter(file.out(), exported, metadata);
                var progress = Progress.onStandardError(total)) {
            rows.scan(request, (row, time, id) -> {
                add(writer, row, chosen);
                if (writer.rows() % ROWS_AT_ONCE == 0) {
                    progress.at(writer.rows(), writer.bytes(), writer.rows());
                }
            });
            writer.finish();
            return new Done(writer.rows(), file.publish());
        } catch (IOException e) {
            throw cannotWrite(e);
        } catch (UncheckedIOException e) {
            throw cannotWrite(Objects.requireNonNull(e.getCause()));
        } catch (OutOfMemoryError e) {
            throw new BadException(
                    "not enough memory: " + e.getMessage()
                            + "; give it more with SHERD_HEAP, for example SHERD_HEAP=1g",
                    e);
        }
    }

    private static void add(ParquetWriter writer, RowView row, int[] chosen) {
        try {
            writer.add(row, chosen);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BadException cannotWrite(IOException why) {
        return new BadException("cannot write " + target + ": " + why.getMessage() + "; nothing was left there", why);
    }

    private ScanRequest request() {
        long now = System.currentTimeMillis();
        long first = time("from", from, now, Long.MIN_VALUE);
        long end = time("until", until, now, Long.MAX_VALUE);
        if (first > end) {
            throw new WrongUseException("--from is after --until: " + from + ", " + until + "; swap them");
        }
        return new ScanRequest(List.of(), first, end, false, DEADLINE_MILLIS);
    }

    private static long time(String what, @Nullable String text, long now, long otherwise) {
        try {
            return text == null ? otherwise : TimeText.parse(what, text, now);
        } catch (StoreException e) {
            throw new WrongUseException(String.valueOf(e.getMessage()));
        }
    }

    /** Where the wanted columns are among all. */
    private int[] chosen(List<Column> all) {
        if (columns == null) {
            return IntStream.range(0, all.size()).toArray();
        }
        var names = all.stream().map(Column::name).toList();
        for (var wanted : columns) {
            if (!names.contains(wanted)) {
                throw new WrongUseException("no such column: " + wanted + "; there are " + String.join(", ", names));
            }
        }
        return columns.stream().distinct().mapToInt(names::indexOf).toArray();
    }
}
