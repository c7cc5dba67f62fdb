package sherd.bench.run;

import java.nio.file.Path;
import java.util.List;
import sherd.engine.archive.SegmentColumn;
import sherd.engine.archive.SegmentMeta;
import sherd.engine.archive.SegmentSpec;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.disk.Disk;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableName;
import sherd.engine.time.SystemClock;

/** A segment of log lines with two columns of numbers beside them. */
final class ColumnFile {
    static final List<SegmentColumn> COLUMNS = List.of(
            new SegmentColumn("ts", ColumnType.TIMESTAMP, false, false),
            new SegmentColumn("line", ColumnType.STRING, true, false),
            new SegmentColumn("n", ColumnType.INT64, false, false),
            new SegmentColumn("x", ColumnType.FLOAT64, false, false));

    private static final long FIRST_TIME = 1_700_000_000_000L;

    private ColumnFile() {}

    static SegmentMeta write(Disk disk, List<byte[]> lines, int rows) {
        var spec = new SegmentSpec("arc-columns", "", TableName.parse("logs.columns"), COLUMNS, 0, -1);
        var budget = new MemoryBudget(Long.MAX_VALUE);
        try (var writer = SegmentWriter.create(disk, spec, new SystemClock(), budget)) {
            for (int row = 0; row < rows; row++) {
                var line = lines.get(row % lines.size());
                writer.putLong(0, FIRST_TIME + row);
                writer.putBytes(1, line, 0, line.length);
                writer.putLong(ColumnReading.COLUMN, row);
                writer.putDouble(3, row / 3.0);
                writer.endRow();
            }
            return writer.seal();
        }
    }

    /** What the column adds up to. */
    static long sum(int rows) {
        return rows * (rows - 1L) / 2;
    }

    static Path path(Path folder, SegmentMeta meta) {
        return folder.resolve(meta.file());
    }
}
