package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import sherd.engine.column.ColumnChunk;
import sherd.engine.lifecycle.Readers;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.LogStore;

/** A chunk of a log table as of one moment, retained: rows that come later do not count. */
record HotRows(Shard shard, ColumnChunk chunk, int count) {
    static List<HotRows> snapshot(ShardedTable table) {
        var all = new ArrayList<HotRows>();
        for (var shard : table.shards()) {
            shard.lock();
            try {
                for (var chunk : shard.log().snapshot()) {
                    all.add(new HotRows(shard, chunk, chunk.rows()));
                }
            } finally {
                shard.unlock();
            }
        }
        return all;
    }

    /** Some of them were shown to a reader. */
    void readBy(int reader, long now) {
        if (reader == Readers.NOBODY || !shard.readers().counts(chunk.maxTime(), now)) {
            return;
        }
        shard.lock();
        try {
            shard.readers().note(LogStore.hash(chunk), reader, now);
        } finally {
            shard.unlock();
        }
    }

    void release() {
        chunk.release();
    }
}
