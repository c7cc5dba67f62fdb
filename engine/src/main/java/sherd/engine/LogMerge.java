package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import sherd.engine.archive.RowCursor;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.route.ShardedTable;
import sherd.engine.table.LogSegment;
import sherd.engine.table.SegmentState;
import sherd.engine.table.SegmentState.RowRange;
import sherd.engine.table.TableSegments;

/**
 * One merge of segments of a log table: all rows in the order of their times, without those that the table no longer
 * keeps. Only the last step needs a turn: if one of the sources has gone by then, what was written goes too.
 */
final class LogMerge {
    private static final int ROWS_AT_ONCE = 4096;

    private final Maintenance maintenance;
    private final ShardedTable table;
    private final List<TableSegments.Entry> sources;
    private final BooleanSupplier stopped;
    private final LogSegment rowsOf;
    private int pinned;

    /** @param stopped asked now and then; once true, the merge comes to nothing */
    LogMerge(Maintenance maintenance, ShardedTable table, List<TableSegments.Entry> sources, BooleanSupplier stopped) {
        this.maintenance = maintenance;
        this.table = table;
        this.sources = sources;
        this.stopped = stopped;
        this.rowsOf = new LogSegment(table.definition());
    }

    List<SegmentStatus> run() {
        long started = maintenance.clock().epochMillis();
        var kept = (TableSegments) table.retainArchived();
        try (var output = SegmentOutput.merged(maintenance, table)) {
            if (!kept.newestFirst().containsAll(sources)) {
                return List.of();
            }
            if (!copy(output)) {
                return List.of();
            }
            var sealed = output.seal();
            var made = commit(sealed);
            maintenance.merged(table, sources.size(), made, started);
            return made;
        } finally {
            kept.release();
        }
    }

    /** False if it was stopped. */
    private boolean copy(SegmentOutput output) {
        long cutoff = Retention.cutoff(table, maintenance.clock().epochMillis());
        long covered = CatalogChange.checkpointSequence(maintenance.database().state());
        var inputs = new ArrayList<Input>();
        try {
            for (var source : sources) {
                inputs.add(new Input(source));
            }
            inputs.removeIf(input -> !input.next());
            while (!inputs.isEmpty()) {
                if (stopped.getAsBoolean()) {
                    return false;
                }
                var oldest = oldest(inputs);
                boolean replayed = oldest.source.sequence() >= covered;
                if (!oldest.copy(output, until(inputs, oldest), replayed ? Long.MIN_VALUE : cutoff)) {
                    inputs.remove(oldest);
                }
            }
            return true;
        } finally {
            sources.subList(0, Math.min(pinned, sources.size()))
                    .forEach(source -> source.segment().unpin());
        }
    }

    private static Input oldest(List<Input> inputs) {
        var oldest = inputs.getFirst();
        for (int i = 1; i < inputs.size(); i++) {
            if (inputs.get(i).time < oldest.time) {
                oldest = inputs.get(i);
            }
        }
        return oldest;
    }

    /** The least time of the others. */
    private static long until(List<Input> inputs, Input oldest) {
        long until = Long.MAX_VALUE;
        for (var input : inputs) {
            until = input == oldest ? until : Math.min(until, input.time);
        }
        return until;
    }

    /** A source being read. */
    private final class Input {
        private final TableSegments.Entry source;
        private final RowCursor cursor;
        private final int timeColumn;
        private long row;
        private long time;

        private Input(TableSegments.Entry source) {
            this.source = source;
            this.cursor = source.segment().pin().walk();
            pinned++;
            this.timeColumn = source.segment().meta().timeColumn();
        }

        /** Goes to its first row; false if there is none. */
        private boolean next() {
            return source.segment().guard(this::seekNext);
        }

        /** Copies the row it is at, and those after it before a time as far as they are kept; false if none is left. */
        private boolean copy(SegmentOutput output, long until, long cutoff) {
            return source.segment().guard(() -> {
                for (int rows = 0; rows < ROWS_AT_ONCE && (rows == 0 || time < until); rows++) {
                    if (time >= cutoff) {
                        int copied = rowsOf.copy(output.writer(), cursor, run(until, cutoff));
                        output.rest(copied);
                        row += copied - 1;
                        rows += copied - 1;
                    }
                    if (!seekNext()) {
                        return false;
                    }
                }
                return true;
            });
        }

        /** Rows of a batch, from the one it is at, that are copied as they are before others may go first. */
        private int run(long until, long cutoff) {
            long first = row - 1;
            int most = Math.min(Pace.ROWS, cursor.rowsLeftInBatch());
            int rows = 1;
            for (; rows < most; rows++) {
                cursor.seek(first + rows);
                long next = timeHere();
                if (next >= until || next < cutoff) {
                    break;
                }
            }
            cursor.seek(first);
            return rows;
        }

        private boolean seekNext() {
            if (row == cursor.rows()) {
                return false;
            }
            cursor.seek(row++);
            time = timeHere();
            return true;
        }

        private long timeHere() {
            return timeColumn < 0 || cursor.isNull(timeColumn) ? 0 : cursor.getLong(timeColumn);
        }
    }

    private List<SegmentStatus> commit(List<SegmentEntry> sealed) {
        var turn = maintenance.turn();
        turn.lock();
        try {
            var current = Maintenance.segments(table);
            if (table.dropped() || !current.newestFirst().containsAll(sources)) {
                SegmentFiles.delete(maintenance.disk(), sealed);
                return List.of();
            }
            long covered =
                    CatalogChange.checkpointSequence(maintenance.database().state());
            var ranges = new ArrayList<RowRange>();
            for (var source : sources) {
                if (source.sequence() >= covered) { // else no replay can meet them
                    ranges.addAll(source.state().ranges());
                }
            }
            return replace(sealed, new SegmentState(0, SegmentState.joined(ranges)));
        } finally {
            turn.unlock();
        }
    }

    private List<SegmentStatus> replace(List<SegmentEntry> sealed, SegmentState state) {
        var gone = Merger.sequences(sources);
        var added = new ArrayList<TableSegments.Entry>();
        if (sealed.isEmpty()) { // no row is kept
            maintenance.database().commit(old -> CatalogChange.replaceSegments(old, gone, Map.of(), List.of()));
        } else {
            added.add(maintenance.publish(
                    sealed.getFirst(),
                    state,
                    (old, entry) -> CatalogChange.replaceSegments(old, gone, Map.of(), List.of(entry))));
        }
        Maintenance.replace(table, sources, added, () -> {}).release();
        return added.stream().map(entry -> Maintenance.status(entry.segment())).toList();
    }
}
