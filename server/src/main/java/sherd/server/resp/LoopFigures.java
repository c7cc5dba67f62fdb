package sherd.server.resp;

import java.util.concurrent.atomic.AtomicLongArray;
import sherd.server.observe.Histogram;

/** What one loop counts of the commands it answers: written by its thread only, read by any. */
@SuppressWarnings("ReferenceEquality") // a command is itself
final class LoopFigures {
    private final AtomicLongArray commands;
    private final Histogram turns = new Histogram();

    LoopFigures(CommandTable table) {
        commands = new AtomicLongArray(table.all().size() + 1);
    }

    /** Counts the commands of a batch from {@code first} up to {@code end}; those of one name in a row at once. */
    void count(Batch batch, int first, int end) {
        int from = first;
        while (from < end) {
            var spec = batch.spec(from);
            int to = from + 1;
            while (to < end && batch.spec(to) == spec) {
                to++;
            }
            int cell = spec == null ? 0 : spec.id();
            commands.setOpaque(cell, commands.getPlain(cell) + to - from);
            from = to;
        }
    }

    void count(CommandSpec spec) {
        commands.setOpaque(spec.id(), commands.getPlain(spec.id()) + 1);
    }

    /** Each command of a turn took as long as the turn, since the replies go out together. */
    void turn(long nanos, int executed) {
        turns.record(nanos, executed);
    }

    /** By {@link CommandSpec#id()}; 0 for commands that are unknown. */
    long commands(int id) {
        return commands.getOpaque(id);
    }

    Histogram turns() {
        return turns;
    }
}
