package sherd.engine.archive;

import java.util.List;
import sherd.engine.schema.TableName;

/**
 * What is known of a segment without opening it; the catalog keeps it.
 *
 * @param file its name in the data folder
 * @param timeColumn index of the column that dates rows, or -1
 * @param keyColumn index of the column whose bytes are the key, or -1
 * @param minTime least time of a row; {@link Long#MIN_VALUE} without times, so that nothing prunes it
 * @param maxTime greatest time of a row; {@link Long#MAX_VALUE} without times
 * @param timeSorted no row is older than the one before it
 * @param minKeyHash least key hash, unsigned; 0 without keys
 * @param maxKeyHash greatest key hash, unsigned; 0 without keys
 * @param createdSeconds when it was written, since 1970
 * @param sizeBytes of the file
 * @param rawBytes of the values before compression
 * @param sha256 of the whole file, in hexadecimal; empty if the file was opened without a catalog
 */
public record SegmentMeta(
        String id,
        String file,
        TableName table,
        List<SegmentColumn> columns,
        int timeColumn,
        int keyColumn,
        long rows,
        long minTime,
        long maxTime,
        boolean timeSorted,
        long minKeyHash,
        long maxKeyHash,
        long createdSeconds,
        long sizeBytes,
        long rawBytes,
        String sha256) {
    public SegmentMeta {
        columns = List.copyOf(columns);
    }

    public boolean keyed() {
        return keyColumn >= 0;
    }

    /** Whether a row may lie between two times, both included. */
    public boolean overlaps(long fromMillis, long toMillis) {
        return rows > 0 && minTime <= toMillis && maxTime >= fromMillis;
    }

    SegmentMeta withSha256(String sum) {
        return new SegmentMeta(
                id,
                file,
                table,
                columns,
                timeColumn,
                keyColumn,
                rows,
                minTime,
                maxTime,
                timeSorted,
                minKeyHash,
                maxKeyHash,
                createdSeconds,
                sizeBytes,
                rawBytes,
                sum);
    }
}
