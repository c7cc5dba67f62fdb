package sherd.server.loki;

import sherd.engine.Engine;
import sherd.engine.RowVisitor;
import sherd.engine.ScanRequest;
import sherd.engine.ScanStats;
import sherd.engine.archive.text.RowView;
import sherd.engine.route.ShardedTable;

/** Scans that end when the node does. A thread that is interrupted instead would close the file it reads. */
final class Scans {
    private final Engine engine;
    private volatile boolean closing;

    Scans(Engine engine) {
        this.engine = engine;
    }

    /** Blocks. */
    ScanStats scan(ShardedTable table, ScanRequest request, RowVisitor visitor) {
        return engine.scan(table, request, new RowVisitor() {
            @Override
            public boolean segment(String id, long minTime, long maxTime) {
                return visitor.segment(id, minTime, maxTime);
            }

            @Override
            public boolean wants(long minTime, long maxTime) {
                return visitor.wants(minTime, maxTime);
            }

            @Override
            public void row(RowView row, long time, long id) {
                if (closing) {
                    throw new LokiException(503, "the node is closing; ask again when it is back");
                }
                visitor.row(row, time, id);
            }
        });
    }

    void close() {
        closing = true;
    }
}
