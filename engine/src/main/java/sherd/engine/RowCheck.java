package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import sherd.engine.error.Fault;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.table.LogStore;
import sherd.engine.table.RecordStore;

/** Invariants of rows in memory. The shard's lock is taken for the whole of one shard. */
final class RowCheck {
    private RowCheck() {}

    static List<Fault> of(ShardedTable table, Shard shard) {
        shard.lock();
        try {
            return switch (shard.rows()) {
                case Shard.Records(var store) -> records(table, shard, store);
                case Shard.Log(var store) -> log(table, shard, store);
            };
        } finally {
            shard.unlock();
        }
    }

    private static List<Fault> records(ShardedTable table, Shard shard, RecordStore store) {
        var faults = new ArrayList<Fault>();
        var met = new ArrayList<Long>();
        long cursor = 0;
        do {
            cursor = store.scan(cursor, met::add);
        } while (cursor != 0);
        long live = 0;
        long shadowing = 0;
        for (long record : met) {
            store.enter(record);
            if (store.current() != record) {
                faults.add(fault(table, shard, "the index does not find a record that it holds"));
            }
            if (!table.serves(shard, RecordStore.keyAddress(record), RecordStore.keyLength(record))) {
                faults.add(fault(table, shard, "a row lies outside the shard's interval"));
            }
            live += RecordStore.isCached(record) || RecordStore.isTombstone(record) ? 0 : 1;
            shadowing += RecordStore.shadows(record) ? 1 : 0;
        }
        if (live != store.liveRows() || shadowing != store.shadowing()) {
            faults.add(fault(
                    table,
                    shard,
                    "rows are miscounted: counted=" + live + "/" + shadowing + " kept=" + store.liveRows() + "/"
                            + store.shadowing()));
        }
        return faults;
    }

    private static List<Fault> log(ShardedTable table, Shard shard, LogStore store) {
        var faults = new ArrayList<Fault>();
        long next = 0;
        for (var chunk : store.snapshot()) {
            if (chunk.firstRow() < next) {
                faults.add(fault(table, shard, "row ids overlap at " + chunk.firstRow()));
            }
            next = chunk.firstRow() + chunk.rows();
            chunk.release();
        }
        if (next > store.nextRow()) {
            faults.add(fault(table, shard, "row ids go past the next one: " + next + " > " + store.nextRow()));
        }
        return faults;
    }

    private static Fault fault(ShardedTable table, Shard shard, String problem) {
        return new Fault("", 0, "table=" + table.definition().name() + " shard=" + shard.id() + ": " + problem);
    }
}
