package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.archive.arrow.Compression;
import sherd.engine.route.ShardedTable;

/** Rows of one table into as many segments as they need, begun when the first row comes. */
final class SegmentOutput implements AutoCloseable {
    private final Maintenance maintenance;
    private final ShardedTable table;
    private final String prefix;
    private final Purpose purpose;
    private final Compression compression;
    private final long maxRows;
    private final List<SegmentEntry> sealed = new ArrayList<>();
    private final Pace.Steps steps;
    private boolean handedOver;
    private long sequence;
    private @Nullable SegmentWriter writer;

    /** Rows that are in memory now. */
    SegmentOutput(Maintenance maintenance, ShardedTable table, String prefix, Purpose purpose) {
        this(maintenance, table, prefix, purpose, compression(purpose), Maintenance.MAX_ROWS);
    }

    private SegmentOutput(
            Maintenance maintenance,
            ShardedTable table,
            String prefix,
            Purpose purpose,
            Compression compression,
            long maxRows) {
        this.maintenance = maintenance;
        this.table = table;
        this.prefix = prefix;
        this.purpose = purpose;
        this.compression = compression;
        this.maxRows = maxRows;
        this.steps = maintenance.pace().begin();
    }

    private static Compression compression(Purpose purpose) {
        return switch (purpose) {
            case ARCHIVE -> Compression.FAST;
            case CHECKPOINT -> Compression.BRIEF;
        };
    }

    /** Rows of other segments, into one. */
    static SegmentOutput merged(Maintenance maintenance, ShardedTable table) {
        return new SegmentOutput(maintenance, table, "arc", Purpose.ARCHIVE, Compression.SMALL, Long.MAX_VALUE);
    }

    SegmentWriter writer() {
        if (writer == null) {
            sequence = maintenance.database().nextSequence();
            writer = maintenance.begin(table, prefix, purpose, sequence, compression);
        }
        return writer;
    }

    void rowAdded() {
        rest();
        if (writer != null && writer.rows() >= maxRows) {
            sealOne();
        }
    }

    /** Between two rows: lets commands go first, if it is time to. */
    void rest() {
        rest(1);
    }

    /** The same after so many rows. */
    void rest(int rows) {
        steps.rows(rows);
    }

    /** Durable segments, not yet in the catalog; the caller's from here on. */
    List<SegmentEntry> seal() {
        sealOne();
        handedOver = true;
        return List.copyOf(sealed);
    }

    private void sealOne() {
        if (writer != null) {
            var meta = writer.seal();
            sealed.add(new SegmentEntry(meta, table.id(), purpose, sequence, Maintenance.stateOf(writer, purpose)));
            writer.close();
            writer = null;
        }
    }

    @Override
    public void close() {
        try {
            if (writer != null) {
                writer.close();
            }
        } finally {
            if (!handedOver) {
                SegmentFiles.delete(maintenance.disk(), sealed);
            }
        }
    }
}
