package sherd.engine.archive;

import java.util.List;
import sherd.engine.archive.arrow.Compression;
import sherd.engine.schema.TableName;

/**
 * A segment to be written.
 *
 * @param id unique in the data folder; the file is {@code folder/id.tar}
 * @param timeColumn index of the column that dates rows, or -1
 * @param keyColumn index of the column whose bytes are the key, or -1
 */
public record SegmentSpec(
        String id,
        String folder,
        TableName table,
        List<SegmentColumn> columns,
        int timeColumn,
        int keyColumn,
        Compression compression) {
    public SegmentSpec {
        columns = List.copyOf(columns);
    }

    /** A segment of rows that leave memory now. */
    public SegmentSpec(
            String id, String folder, TableName table, List<SegmentColumn> columns, int timeColumn, int keyColumn) {
        this(id, folder, table, columns, timeColumn, keyColumn, Compression.FAST);
    }

    public String file() {
        return folder.isEmpty() ? id + ".tar" : folder + "/" + id + ".tar";
    }
}
