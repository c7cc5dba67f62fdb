package sherd.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.StoreException;
import sherd.engine.lifecycle.ArchiveDecision;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;
import sherd.engine.route.ShardedTable;

/**
 * Background work: expired rows leave and memory is tidied, a little at a time; and once every tick, copies of archived
 * rows are dropped and old rows archived when memory runs full, else those archived that few read, and a checkpoint is
 * taken when the commit log has grown.
 * Its thread is of the lowest priority, which tells whoever makes threads that commands come before it.
 */
final class Lifecycle implements AutoCloseable {
    private static final long TICK_NANOS = 100_000_000;
    /** Shards are tidied in as many small steps: one of two milliseconds is seen in the tail of commands. */
    private static final int PULSES_PER_TICK = 10;
    /** Steps of a walk over a shard's keys in one tick, and under one lock: whoever needs the shard waits for no more. */
    private static final int STEPS = 64;

    private static final int STEPS_LOCKED = 4;
    /** Ticks from one sweep of copies to the next: each walks over all keys. */
    private static final int TICKS_PER_SWEEP = 10;

    private final Engine engine;
    private final ArchiveAdvisor advisor;
    private final EngineConfig config;
    private final Events events;
    private final BackgroundThread thread;
    private final ArchiveRounds rounds;
    private long nextShard;
    private int pulses;
    /** No shard of the last tick had anything to tidy, so the thread wakes for ticks alone. */
    private boolean calm;

    private boolean foundWork;
    private int ticksToSweep;
    private long seenRefusals;

    Lifecycle(Engine engine, ArchiveAdvisor advisor, EngineConfig config, ThreadFactory threads, Events events) {
        this.engine = engine;
        this.advisor = advisor;
        this.config = config;
        this.events = events;
        this.thread = new BackgroundThread(threads, this::run);
        this.rounds = new ArchiveRounds(engine, advisor, this::canMove);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!thread.closing()) {
            LockSupport.parkNanos(calm ? TICK_NANOS : TICK_NANOS / PULSES_PER_TICK);
            @Nullable StoreException failure = pulse();
            if (failure != null) {
                events.on(new Event.Warning("background work failed, it will be tried again: " + failure.getMessage()));
                LockSupport.parkNanos(10 * TICK_NANOS);
            }
        }
    }

    private @Nullable StoreException pulse() {
        try {
            int steps = calm ? PULSES_PER_TICK : 1;
            tidySome(steps);
            pulses += steps;
            if (pulses >= PULSES_PER_TICK) {
                pulses = 0;
                calm = !foundWork;
                foundWork = false;
                tick();
            }
            return null;
        } catch (StoreException e) {
            return e;
        }
    }

    private void tick() {
        engine.tidy();
        long refusals = engine.memory().refusals();
        boolean refused = refusals != seenRefusals;
        seenRefusals = refusals;
        if (refused || advisor.memoryUse() >= config.watermark()) {
            relieve(refused);
        } else {
            rounds.run();
        }
        if (canMove() && engine.checkpointDue()) {
            engine.checkpoint();
        }
    }

    /** All rows that are old enough go, whoever reads them. */
    private void relieve(boolean refused) {
        var tables = engine.tables();
        if (--ticksToSweep <= 0) {
            ticksToSweep = TICKS_PER_SWEEP;
            tables.stream().filter(ShardedTable::isRecord).forEach(Lifecycle::dropCopies);
        }
        for (var table : tables) {
            if (canMove() && advisor.decide(table, memoryUse(refused)) instanceof ArchiveDecision.Archive) {
                engine.archive(table, Math.max(1, table.definition().archive().minAge()));
            }
        }
    }

    /** Rows do not go into segments that a failed log would not let be published. */
    private boolean canMove() {
        return !thread.closing() && engine.log().failure() == null;
    }

    /** Memory that something did not fit into is full, however much of it is free. */
    private double memoryUse(boolean refused) {
        return refused ? Math.max(1, advisor.memoryUse()) : advisor.memoryUse();
    }

    private static void dropCopies(ShardedTable table) {
        for (var shard : table.shards()) {
            shard.lock();
            try {
                shard.records().dropCopies();
            } finally {
                shard.unlock();
            }
        }
    }

    /** Walks on over all shards of all record tables: all of them in the steps of a tick, a little of each. */
    private void tidySome(int steps) {
        var tables = engine.tables();
        long shards = 0;
        for (int i = 0; i < tables.size(); i++) { // an iterator for each would be most of what a calm node allocates
            shards += recordShards(tables.get(i));
        }
        long turns = Math.min(shards, steps * Math.ceilDiv(shards, PULSES_PER_TICK));
        for (long i = 0; i < turns && !thread.closing(); i++) {
            long index = nextShard++ % shards;
            int table = 0;
            while (index >= recordShards(tables.get(table))) {
                index -= recordShards(tables.get(table++));
            }
            tidyShard(tables.get(table), (int) index);
        }
    }

    private static int recordShards(ShardedTable table) {
        return table.isRecord() ? table.shards().size() : 0;
    }

    private void tidyShard(ShardedTable table, int index) {
        var shard = table.shards().get(index);
        boolean more = true;
        for (int done = 0; more && done < STEPS; done += STEPS_LOCKED) {
            shard.lock();
            try {
                more = shard.records().untidy(engine.now());
                if (more) {
                    foundWork = true;
                    more = shard.records().tidySome(engine.now(), STEPS_LOCKED);
                }
            } finally {
                shard.unlock();
            }
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
