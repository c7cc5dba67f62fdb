package sherd.engine.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.SegmentHandle;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.TableDefinition;

/**
 * The segments of one table, newest first. Immutable; alive for as long as somebody holds a reference, its table to
 * begin with, and with it every segment in it.
 */
public final class TableSegments implements ArchivedRows {
    /** One segment as its table uses it. */
    public record Entry(SegmentHandle segment, long sequence, SegmentState state) {}

    private final TableDefinition definition;
    private final List<Entry> newestFirst;
    /** Counted once: every command asks. */
    private final long rows;

    private final MemoryBudget budget;
    private final AtomicInteger references = new AtomicInteger(1);
    /** Asked for at recovery only. */
    private @Nullable RowRanges ranges;

    public TableSegments(TableDefinition definition, List<Entry> entries, MemoryBudget budget) {
        this.definition = definition;
        this.budget = budget;
        var sorted = new ArrayList<>(entries);
        sorted.sort((left, right) -> Long.compare(right.sequence(), left.sequence()));
        newestFirst = List.copyOf(sorted);
        newestFirst.forEach(entry -> entry.segment().retain());
        rows = newestFirst.stream()
                .mapToLong(
                        entry -> entry.segment().meta().rows() - entry.state().replaces())
                .sum();
    }

    public List<Entry> newestFirst() {
        return newestFirst;
    }

    public TableSegments with(Entry entry) {
        return replacing(List.of(), List.of(entry));
    }

    /** The same without some segments and with others. */
    public TableSegments replacing(Collection<Entry> gone, Collection<Entry> added) {
        var sequences = new HashSet<Long>();
        gone.forEach(entry -> sequences.add(entry.sequence()));
        var entries = new ArrayList<>(added);
        for (var entry : newestFirst) {
            if (!sequences.contains(entry.sequence())) {
                entries.add(entry);
            }
        }
        return new TableSegments(definition, entries, budget);
    }

    @Override
    public boolean tryRetain() {
        return references.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    @Override
    public void release() {
        if (references.decrementAndGet() == 0) {
            newestFirst.stream()
                    .map(Entry::segment)
                    .filter(SegmentHandle::release)
                    .toList() // all are closed before the first file goes, which may fail
                    .forEach(SegmentHandle::deleteFile);
        }
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
                var found = entry.segment().read(segment -> {
                    long row = segment.findKey(keyHash, key);
                    if (row < 0) {
                        return Optional.<ArchivedRow>empty();
                    }
                    var cursor = segment.cursor();
                    cursor.seek(row);
                    return Optional.of(
                            new RecordSegment(definition).read(cursor, budget).row());
                });
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a newer segment than this one has the key too. A damaged one that may have it counts: better a row that is
     * missing, which the damage explains, than one that was replaced.
     */
    public boolean superseded(Entry entry, long keyHash, byte[] key) {
        for (var newer : newestFirst) {
            if (newer.sequence() <= entry.sequence()) {
                return false;
            }
            try {
                if (has(newer, keyHash, key)) {
                    return true;
                }
            } catch (StoreException e) {
                if (e.code() != ErrorCode.CORRUPT_SEGMENT) {
                    throw e;
                }
                return true;
            }
        }
        return false;
    }

    /** Whether a segment has the key. */
    public static boolean has(Entry entry, long keyHash, byte[] key) {
        return entry.segment().mayContain(keyHash)
                && entry.segment().read(segment -> segment.findKey(keyHash, key)) >= 0;
    }

    @Override
    public long rows() {
        return rows;
    }

    /** Whether a segment holds this row of a log table. Has one user at a time. */
    public boolean hasRow(int shard, long row) {
        var known = ranges;
        if (known == null) {
            known = new RowRanges(newestFirst.stream()
                    .flatMap(entry -> entry.state().ranges().stream())
                    .toList());
            ranges = known;
        }
        return known.contain(shard, row);
    }
}
