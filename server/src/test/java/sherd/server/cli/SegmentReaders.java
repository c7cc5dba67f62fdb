package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.SeekableReadChannel;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.SegmentColumn;
import sherd.engine.schema.ColumnType;

/** The rows of a segment, hidden columns too, as three readers see them. All print as {@link TypedRow} says. */
final class SegmentReaders {
    /** What a reader found: {@code name:type} of each column, and each row's values. */
    record Rows(List<String> columns, List<List<String>> rows) {
        /** The columns with these names only, in this order. */
        List<List<String>> only(List<String> names) {
            var all = columns.stream()
                    .map(column -> column.substring(0, column.indexOf(':')))
                    .toList();
            return rows.stream()
                    .map(row -> names.stream()
                            .map(name -> row.get(all.indexOf(name)))
                            .toList())
                    .toList();
        }
    }

    private SegmentReaders() {}

    /** Our own. */
    static Rows sherd(Path segment) {
        try (var opened = SegmentFile.open(segment)) {
            var columns = opened.meta().columns();
            var rows = new ArrayList<List<String>>();
            var cursor = opened.cursor();
            for (long row = 0; row < opened.meta().rows(); row++) {
                cursor.seek(row);
                var printed = new ArrayList<String>();
                for (int i = 0; i < columns.size(); i++) {
                    var type = columns.get(i).type();
                    printed.add(TypedRow.print(
                            type,
                            cursor.isNull(i)
                                    ? null
                                    : switch (type) {
                                        case INT64, INT32, BOOL, TIMESTAMP -> cursor.getLong(i);
                                        case FLOAT64, FLOAT32 -> cursor.getDouble(i);
                                        case STRING, BYTES, JSON -> cursor.getBytes(i);
                                    }));
                }
                rows.add(printed);
            }
            return new Rows(columns.stream().map(SegmentReaders::label).toList(), rows);
        }
    }

    private static String label(SegmentColumn column) {
        return column.name() + ":" + column.type().label();
    }

    /** Arrow's Java library. */
    static Rows java(Path arrow) throws IOException {
        try (var channel = FileChannel.open(arrow);
                var allocator = new RootAllocator();
                var reader = new ArrowFileReader(
                        new SeekableReadChannel(channel), allocator, CommonsCompressionFactory.INSTANCE)) {
            var root = reader.getVectorSchemaRoot();
            var types = new ArrayList<ColumnType>();
            var columns = new ArrayList<String>();
            for (Field field : root.getSchema().getFields()) {
                var type = field.getMetadata().getOrDefault("sherd.type", "");
                types.add(ColumnType.parse(type).orElseThrow());
                columns.add(field.getName() + ":" + type);
            }
            var rows = new ArrayList<List<String>>();
            while (reader.loadNextBatch()) {
                for (int row = 0; row < root.getRowCount(); row++) {
                    var printed = new ArrayList<String>();
                    for (int i = 0; i < types.size(); i++) {
                        printed.add(TypedRow.print(types.get(i), value(root.getVector(i), row)));
                    }
                    rows.add(printed);
                }
            }
            return new Rows(columns, rows);
        }
    }

    private static @Nullable Object value(FieldVector vector, int row) {
        return vector.getObject(row);
    }

    /** Arrow's JavaScript library. */
    static Rows javaScript(Path arrow) throws IOException, InterruptedException {
        var output = run(
                NpmProject.installed("arrow-reader", "read.mjs", "apache-arrow"), "node", "read.mjs", arrow.toString());
        var rows = new ArrayList<List<String>>();
        output.lines().skip(1).forEach(line -> rows.add(Arrays.asList(line.split(",", -1))));
        return new Rows(Arrays.asList(output.lines().findFirst().orElseThrow().split(",", -1)), rows);
    }

    /** Standard output of a command that must succeed and complain of nothing. */
    static String run(Path folder, String... command) throws IOException, InterruptedException {
        var errors = Files.createTempFile("errors", ".txt");
        try {
            var process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(errors.toFile())
                    .start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue())
                    .as(String.join(" ", command) + ": " + Files.readString(errors) + output)
                    .isZero();
            return output;
        } finally {
            Files.delete(errors);
        }
    }
}
