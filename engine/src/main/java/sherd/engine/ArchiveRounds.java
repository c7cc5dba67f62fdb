package sherd.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import sherd.engine.lifecycle.ArchiveDecision;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.ArchiveSettings;

/**
 * Archives what the rule has queued, in rounds: each is a segment a table, so that rows which grow old one after the other
 * do not make one each. How far apart the rounds of a table are is a small part of its times, since nothing that they
 * decide by changes faster.
 */
final class ArchiveRounds {
    private static final long PARTS = 24;
    private static final long LEAST_MILLIS = 1000;
    private static final long MOST_MILLIS = 3_600_000;

    private final Engine engine;
    private final ArchiveAdvisor advisor;
    private final BooleanSupplier canMove;
    private final long began;
    /** By id of a table that has had one. */
    private final Map<Integer, Long> next = new HashMap<>();

    private record Queued(ShardedTable table, double score) {}

    ArchiveRounds(Engine engine, ArchiveAdvisor advisor, BooleanSupplier canMove) {
        this.engine = engine;
        this.advisor = advisor;
        this.canMove = canMove;
        this.began = engine.now();
    }

    /** Begins the rounds that are due; of several tables the one with the highest score goes first. */
    void run() {
        var tables = engine.tables();
        long now = engine.now();
        for (int i = 0; i < tables.size(); i++) {
            if (due(tables.get(i), now)) {
                archiveQueued();
                return;
            }
        }
    }

    private boolean due(ShardedTable table, long now) {
        var at = next.get(table.id());
        return now >= (at == null ? began + pause(table) : at);
    }

    private void archiveQueued() {
        var tables = engine.tables();
        next.keySet().retainAll(tables.stream().map(ShardedTable::id).toList());
        var queued = new ArrayList<Queued>();
        for (var table : tables) {
            long from = engine.now();
            if (due(table, from) && canMove.getAsBoolean()) {
                if (advisor.decide(table) instanceof ArchiveDecision.Queue queue) {
                    queued.add(new Queued(table, queue.score()));
                }
                planNext(table, from);
            }
        }
        queued.sort(Comparator.comparingDouble(Queued::score).reversed());
        for (var one : queued) {
            if (canMove.getAsBoolean()) {
                long from = engine.now();
                engine.archiveHardlyRead(one.table());
                planNext(one.table(), from);
            }
        }
    }

    private void planNext(ShardedTable table, long from) {
        long now = engine.now();
        next.put(table.id(), now + Math.max(pause(table), (now - from) * ArchiveAdvisor.IDLE_TIMES));
    }

    private static long pause(ShardedTable table) {
        return pause(table.definition().archive());
    }

    static long pause(ArchiveSettings settings) {
        return Math.clamp(Math.min(settings.minAge(), settings.readsWindow()) / PARTS, LEAST_MILLIS, MOST_MILLIS);
    }
}
