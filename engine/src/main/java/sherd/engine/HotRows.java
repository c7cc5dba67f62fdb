package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import sherd.engine.column.ColumnChunk;
import sherd.engine.route.ShardedTable;

/** A chunk of a log table as of one moment, retained: rows that come later do not count. */
record HotRows(ColumnChunk chunk, int count) {
    static List<HotRows> snapshot(ShardedTable table) {
        var all = new ArrayList<HotRows>();
        for (var shard : table.shards()) {
            shard.lock();
            try {
                for (var chunk : shard.log().snapshot()) {
                    all.add(new HotRows(chunk, chunk.rows()));
                }
            } finally {
                shard.unlock();
            }
        }
        return all;
    }

    void release() {
        chunk.release();
    }
}
