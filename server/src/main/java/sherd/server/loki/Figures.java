package sherd.server.loki;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import sherd.engine.ScanStats;
import tools.jackson.core.JsonGenerator;

/** What answering took, as {@code stats} of the answer shows it. One owner. */
final class Figures {
    private static final double NANOS_A_SECOND = 1e9;
    private static final String DAMAGED =
            "segments are damaged and set aside, so lines are missing; restore them from a copy";
    private static final String UNREACHABLE =
            "segments are in object storage that cannot be reached, so lines are missing; ask again later";

    private long lines;
    private long bytes;
    private long hotRows;
    private long archivedRows;
    private long segments;
    private long pruned;
    private long damaged;
    private long unreachable;
    private long blocksRead;
    private long bytesRead;
    private long tookNanos;
    private final Set<String> warnings = new LinkedHashSet<>();

    void line(int length) {
        lines++;
        bytes += length;
    }

    void scanned(ScanStats scan) {
        archivedRows += scan.archivedRows();
        var stats = scan.search();
        hotRows += stats.hotRows();
        segments += stats.segments();
        pruned += stats.pruned();
        damaged += stats.damaged();
        unreachable += stats.unreachable();
        if (stats.damaged() > 0) {
            warn(DAMAGED);
        }
        if (stats.unreachable() > 0) {
            warn(UNREACHABLE);
        }
        blocksRead += stats.blocksRead();
        bytesRead += stats.bytesRead();
    }

    void took(long nanos) {
        tookNanos = nanos;
    }

    /** Counts what another cluster's part of the same answer took; parts are worked on at the same time. */
    void add(String cluster, Figures other) {
        lines += other.lines;
        bytes += other.bytes;
        hotRows += other.hotRows;
        archivedRows += other.archivedRows;
        segments += other.segments;
        pruned += other.pruned;
        damaged += other.damaged;
        unreachable += other.unreachable;
        blocksRead += other.blocksRead;
        bytesRead += other.bytesRead;
        tookNanos = Math.max(tookNanos, other.tookNanos);
        other.warnings.forEach(warning -> warn("cluster '" + cluster + "': " + warning));
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    /** What whoever asked must know of an answer that lacks something. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    void write(JsonGenerator json) {
        double seconds = Math.max(1, tookNanos) / NANOS_A_SECOND;
        json.writeObjectPropertyStart("stats");
        json.writeObjectPropertyStart("summary");
        json.writeNumberProperty("bytesProcessedPerSecond", (long) (bytes / seconds));
        json.writeNumberProperty("linesProcessedPerSecond", (long) (lines / seconds));
        json.writeNumberProperty("totalBytesProcessed", bytes);
        json.writeNumberProperty("totalLinesProcessed", lines);
        json.writeNumberProperty("execTime", tookNanos / NANOS_A_SECOND);
        json.writeNumberProperty("queueTime", 0);
        json.writeEndObject();
        json.writeObjectPropertyStart("store");
        json.writeNumberProperty("totalChunksRef", segments);
        json.writeNumberProperty("totalChunksDownloaded", segments - pruned - damaged - unreachable);
        json.writeNumberProperty("chunksDownloadTime", 0);
        json.writeNumberProperty("compressedBytes", bytesRead);
        json.writeNumberProperty("decompressedLines", archivedRows);
        json.writeNumberProperty("totalDuplicates", 0);
        json.writeEndObject();
        json.writeObjectPropertyStart("ingester");
        json.writeNumberProperty("headChunkLines", hotRows);
        json.writeNumberProperty("totalReached", 1);
        json.writeEndObject();
        json.writeObjectPropertyStart("sherd");
        json.writeNumberProperty("segments", segments);
        json.writeNumberProperty("pruned", pruned);
        json.writeNumberProperty("quarantined", damaged);
        json.writeNumberProperty("unreachable", unreachable);
        json.writeNumberProperty("blocks_read", blocksRead);
        json.writeNumberProperty("bytes_read", bytesRead);
        json.writeNumberProperty("hot_rows", hotRows);
        json.writeNumberProperty("archived_rows", archivedRows);
        json.writeEndObject();
        json.writeEndObject();
    }
}
