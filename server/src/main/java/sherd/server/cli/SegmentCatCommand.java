package sherd.server.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sherd.engine.archive.RowCursor;
import sherd.engine.archive.SegmentColumn;
import sherd.engine.archive.SegmentMeta;
import sherd.engine.schema.ColumnType;
import sherd.server.TimeText;

@Command(
        name = "cat",
        description = {
            "Prints rows of a segment, tab-separated, under a line with the columns' names.",
            "Control characters in values are shown as \\\\n, \\\\t, \\\\r or \\\\x1b; for exact bytes open rows.arrow."
        })
final class SegmentCatCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A segment, data/segments/....tar.")
    private Path file = Path.of("");

    @Option(
            names = "--columns",
            split = ",",
            paramLabel = "NAME",
            description = "These columns, hidden ones too; else all that are not hidden.")
    private @Nullable List<String> columns;

    @Option(names = "--from", paramLabel = "N", description = "The first row, from 0 on.")
    private long from;

    @Option(names = "--count", paramLabel = "N", description = "How many rows; else all.")
    private long count = Long.MAX_VALUE;

    @Override
    public Integer call() {
        if (from < 0 || count < 0) {
            throw new WrongUseException("rows are counted from 0: --from " + from + " --count " + count);
        }
        try (var segment = SegmentFile.open(file)) {
            var meta = segment.meta();
            var chosen = chosen(meta);
            var line = new StringBuilder("row");
            chosen.forEach(column ->
                    line.append('\t').append(meta.columns().get(column).name()));
            System.out.println(line);
            var cursor = segment.cursor();
            long end = count > meta.rows() - from ? meta.rows() : from + count;
            for (long row = from; row < end && !System.out.checkError(); row++) {
                cursor.seek(row);
                line.setLength(0);
                line.append(row);
                for (int column : chosen) {
                    line.append('\t').append(text(cursor, column, meta.columns().get(column)));
                }
                System.out.println(line);
            }
        }
        return 0;
    }

    private List<Integer> chosen(SegmentMeta meta) {
        var all = IntStream.range(0, meta.columns().size()).boxed();
        if (columns == null) {
            return all.filter(column -> !meta.columns().get(column).hidden()).toList();
        }
        var names = meta.columns().stream().map(SegmentColumn::name).toList();
        for (var wanted : columns) {
            if (!names.contains(wanted)) {
                throw new WrongUseException("no such column: " + wanted + "; there are " + String.join(", ", names));
            }
        }
        return columns.stream().map(names::indexOf).toList();
    }

    private static String text(RowCursor cursor, int column, SegmentColumn of) {
        if (cursor.isNull(column)) {
            return "";
        }
        return switch (of.type()) {
            case INT64, INT32 -> Long.toString(cursor.getLong(column));
            case TIMESTAMP -> TimeText.format(cursor.getLong(column));
            case BOOL -> Boolean.toString(cursor.getLong(column) != 0);
            case FLOAT64 -> Double.toString(cursor.getDouble(column));
            case FLOAT32 -> Float.toString((float) cursor.getDouble(column));
            case STRING, JSON, BYTES -> text(cursor.getBytes(column), of.type());
        };
    }

    private static String text(byte[] bytes, ColumnType type) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        boolean whole = type != ColumnType.BYTES || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
        return whole ? Printable.of(text) : "0x" + HexFormat.of().formatHex(bytes);
    }
}
