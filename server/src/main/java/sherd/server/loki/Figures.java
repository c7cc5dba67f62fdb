package sherd.server.loki;

import sherd.engine.ScanStats;
import tools.jackson.core.JsonGenerator;

/** What answering took, as {@code stats} of the answer shows it. One owner. */
final class Figures {
    private static final double NANOS_A_SECOND = 1e9;

    private long lines;
    private long bytes;
    private long hotRows;
    private long archivedRows;
    private long segments;
    private long pruned;
    private long blocksRead;
    private long bytesRead;
    private long tookNanos;

    void line(int length) {
        lines++;
        bytes += length;
    }

    void scanned(ScanStats stats) {
        hotRows += stats.hotRows();
        archivedRows += stats.archivedRows();
        segments += stats.segments();
        pruned += stats.pruned();
        blocksRead += stats.blocksRead();
        bytesRead += stats.bytesRead();
    }

    void took(long nanos) {
        tookNanos = nanos;
    }

    /** Counts what another part of the same answer took; parts are worked on at the same time. */
    void add(Figures other) {
        lines += other.lines;
        bytes += other.bytes;
        hotRows += other.hotRows;
        archivedRows += other.archivedRows;
        segments += other.segments;
        pruned += other.pruned;
        blocksRead += other.blocksRead;
        bytesRead += other.bytesRead;
        tookNanos = Math.max(tookNanos, other.tookNanos);
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
        json.writeNumberProperty("totalChunksDownloaded", segments - pruned);
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
        json.writeNumberProperty("blocks_read", blocksRead);
        json.writeNumberProperty("bytes_read", bytesRead);
        json.writeNumberProperty("hot_rows", hotRows);
        json.writeNumberProperty("archived_rows", archivedRows);
        json.writeEndObject();
        json.writeEndObject();
    }
}
