package sherd.engine.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sherd.engine.archive.Segment;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.TableDefinition;

/** The segments of one table, newest first. Immutable. */
public final class TableSegments implements ArchivedRows {
    /** One segment as its table uses it. */
    public record Entry(Segment segment, long sequence, SegmentState state) {}

    private final TableDefinition definition;
    private final List<Entry> newestFirst;
    /** Counted once: every command asks. */
    private final long rows;

    private final MemoryBudget budget;

    public TableSegments(TableDefinition definition, List<Entry> entries, MemoryBudget budget) {
        this.definition = definition;
        this.budget = budget;
        var sorted = new ArrayList<>(entries);
        sorted.sort((left, right) -> Long.compare(right.sequence(), left.sequence()));
        newestFirst = List.copyOf(sorted);
        rows = newestFirst.stream()
                .mapToLong(
                        entry -> entry.segment().meta().rows() - entry.state().replaces())
                .sum();
    }

    public List<Entry> newestFirst() {
        return newestFirst;
    }

    public TableSegments with(Entry entry) {
        var more = new ArrayList<>(newestFirst);
        more.add(entry);
        return new TableSegments(definition, more, budget);
    }

    @Override
    public boolean mayContain(long keyHash) {
        for (var entry : newestFirst) {
            if (entry.segment().mayContain(keyHash)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Optional<ArchivedRow> find(long keyHash, byte[] key) {
        for (var entry : newestFirst) {
            if (entry.segment().mayContain(keyHash)) {
                long row = entry.segment().findKey(keyHash, key);
                if (row >= 0) {
                    var cursor = entry.segment().cursor();
                    cursor.seek(row);
                    return Optional.of(
                            new RecordSegment(definition).read(cursor, budget).row());
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a newer segment than this one has the key too. */
    public boolean superseded(Entry entry, long keyHash, byte[] key) {
        for (var newer : newestFirst) {
            if (newer.sequence() <= entry.sequence()) {
                return false;
            }
            if (newer.segment().mayContain(keyHash) && newer.segment().findKey(keyHash, key) >= 0) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long rows() {
        return rows;
    }

    /** Whether a segment holds this row of a log table. */
    public boolean hasRow(int shard, long row) {
        for (var entry : newestFirst) {
            for (var range : entry.state().ranges()) {
                if (range.shard() == shard && row >= range.from() && row < range.to()) {
                    return true;
                }
            }
        }
        return false;
    }
}
