package sherd.engine;

import java.util.Arrays;
import sherd.engine.command.MutationBatch;
import sherd.engine.command.RowBatch;
import sherd.engine.command.RowLayout;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.ShardedTable;
import sherd.engine.shard.Shard;
import sherd.engine.time.Clock;

/** Appends batches of rows to log tables: each to the shard its shard key says, or whole batches to shards in turn. */
final class LogAppender {
    private final CommitLog log;
    private final Clock clock;
    private final MemoryBudget budget;

    LogAppender(CommitLog log, Clock clock, MemoryBudget budget) {
        this.log = log;
        this.clock = clock;
        this.budget = budget;
    }

    long append(ShardedTable table, RowBatch batch) {
        if (batch.rows() == 0) {
            return 0;
        }
        if (table.definition().shardKey().isEmpty() || table.shards().size() == 1) {
            return appendTo(table.nextForAppend(), batch);
        }
        return split(table, batch);
    }

    private long appendTo(Shard shard, RowBatch batch) {
        try (var change = new MutationBatch(budget)) {
            shard.lock();
            try {
                long first = shard.log().append(batch.address(), batch.rows());
                boolean logged = false;
                try {
                    change.target(shard.table(), shard.id(), seconds());
                    change.append(first, batch.address(), (int) batch.bytes(), batch.rows());
                    long lsn = log.append(change.address(), change.bytes());
                    logged = true;
                    return lsn;
                } finally {
                    if (!logged) {
                        shard.log().takeBack(first); // whoever is told "nothing was written" will send it again
                    }
                }
            } finally {
                shard.unlock();
            }
        }
    }

    /** Rows by shard; all shards concerned are locked, so that the batch is one entry of the commit log. */
    private long split(ShardedTable table, RowBatch batch) {
        var parts = new RowBatch[table.shards().size()];
        try (var change = new MutationBatch(budget)) {
            long at = batch.address();
            for (int i = 0; i < batch.rows(); i++, at += RowLayout.length(at)) {
                var values = RowLayout.toObjects(at, batch.columns());
                int index = table.shardIndexOfRow(values);
                if (parts[index] == null) {
                    parts[index] = new RowBatch(batch.columns(), budget);
                }
                RowLayout.append(parts[index], values);
            }
            return appendParts(table, parts, change);
        } finally {
            for (var part : parts) {
                if (part != null) {
                    part.close();
                }
            }
        }
    }

    private long appendParts(ShardedTable table, RowBatch[] parts, MutationBatch change) {
        var shards = table.shards();
        int locked = 0;
        try {
            for (; locked < parts.length; locked++) {
                if (parts[locked] != null) {
                    shards.get(locked).lock();
                }
            }
            var firstRows = new long[parts.length];
            Arrays.fill(firstRows, -1);
            return appendAndLog(table, parts, firstRows, change);
        } finally {
            for (int i = 0; i < locked; i++) {
                if (parts[i] != null) {
                    shards.get(i).unlock();
                }
            }
        }
    }

    /** Rows of which the commit log does not know are taken back: nothing was written then. */
    private long appendAndLog(ShardedTable table, RowBatch[] parts, long[] firstRows, MutationBatch change) {
        var shards = table.shards();
        boolean logged = false;
        try {
            for (int i = 0; i < parts.length; i++) {
                if (parts[i] != null) {
                    firstRows[i] = shards.get(i).log().append(parts[i].address(), parts[i].rows());
                    change.target(table.id(), shards.get(i).id(), seconds());
                    change.append(firstRows[i], parts[i].address(), (int) parts[i].bytes(), parts[i].rows());
                }
            }
            long lsn = log.append(change.address(), change.bytes());
            logged = true;
            return lsn;
        } finally {
            for (int i = 0; i < parts.length && !logged; i++) {
                if (firstRows[i] >= 0) {
                    shards.get(i).log().takeBack(firstRows[i]);
                }
            }
        }
    }

    private int seconds() {
        return (int) (clock.epochMillis() / 1000);
    }
}
