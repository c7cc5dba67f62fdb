package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.SegmentEntry.Purpose;
import sherd.engine.archive.SegmentWriter;
import sherd.engine.route.ShardedTable;

/** Rows of one table into as many segments as they need, begun when the first row comes. */
final class SegmentOutput implements AutoCloseable {
    private final Maintenance maintenance;
    private final ShardedTable table;
    private final String prefix;
    private final Purpose purpose;
    private final List<SegmentEntry> sealed = new ArrayList<>();
    private boolean handedOver;
    private long sequence;
    private @Nullable SegmentWriter writer;

    SegmentOutput(Maintenance maintenance, ShardedTable table, String prefix, Purpose purpose) {
        this.maintenance = maintenance;
        this.table = table;
        this.prefix = prefix;
        this.purpose = purpose;
    }

    SegmentWriter writer() {
        if (writer == null) {
            sequence = maintenance.database().nextSequence();
            writer = maintenance.begin(table, prefix, sequence);
        }
        return writer;
    }

    void rowAdded() {
        if (writer != null && writer.rows() >= Maintenance.MAX_ROWS) {
            sealOne();
        }
    }

    /** Durable segments, not yet in the catalog; the caller's from here on. */
    List<SegmentEntry> seal() {
        sealOne();
        handedOver = true;
        return List.copyOf(sealed);
    }

    private void sealOne() {
        if (writer != null) {
            sealed.add(new SegmentEntry(writer.seal(), table.id(), purpose, sequence, Map.of()));
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
