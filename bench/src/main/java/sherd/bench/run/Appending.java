package sherd.bench.run;

import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.command.RowBatch;
import sherd.engine.route.ShardedTable;

/** Appends lines to a log table in batches. */
final class Appending implements AutoCloseable {
    private static final int BATCH_ROWS = 500;

    private final Engine engine;
    private final ShardedTable table;
    private @Nullable RowBatch batch;
    private int rows;

    Appending(Engine engine, ShardedTable table) {
        this.engine = engine;
        this.table = table;
    }

    void add(long time, byte[] line) {
        var open = batch;
        if (open == null) {
            open = engine.newBatch(table);
            batch = open;
        }
        open.startRow();
        open.putLong(0, time);
        open.putBytes(1, line, 0, line.length);
        open.endRow();
        if (++rows == BATCH_ROWS) {
            send();
        }
    }

    /** Appends what is left. */
    void send() {
        var open = batch;
        if (open != null) {
            if (engine.log().congested()) {
                engine.log().sync();
            }
            try (open) {
                engine.append(table, open);
            }
            batch = null;
            rows = 0;
        }
    }

    @Override
    public void close() {
        send();
    }
}
