package sherd.engine.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import sherd.engine.column.ColumnChunk;
import sherd.engine.command.RowLayout;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.Column;

/**
 * One shard's fresh rows of a log table: a list of chunks. Every row has an id, one more than the row before it for as
 * long as the shard lives, by which recovery knows what it has already. The shard's lock guards this; chunks handed
 * out by {@link #snapshot} are read without it.
 */
public final class LogStore implements AutoCloseable {
    private static final int FIRST_ROWS = 256;
    private static final int MAX_ROWS = 8192;
    private static final int BYTES_PER_ROW = 128;

    private final List<Column> columns;
    private final int timeColumn;
    private final MemoryBudget budget;
    private final List<ColumnChunk> chunks = new ArrayList<>();
    private long nextRow;
    private int nextCapacity = FIRST_ROWS;
    private boolean cut;

    public LogStore(List<Column> columns, int timeColumn, MemoryBudget budget) {
        this.columns = columns;
        this.timeColumn = timeColumn;
        this.budget = budget;
    }

    /** Id of the next row. */
    public long nextRow() {
        return nextRow;
    }

    /** Continues at an id (recovery: rows before it live elsewhere). */
    public void skipTo(long row) {
        if (row > nextRow) {
            nextRow = row;
        }
    }

    public long rows() {
        long rows = 0;
        for (var chunk : chunks) {
            rows += chunk.rows();
        }
        return rows;
    }

    /** Shows the chunks that have rows. */
    public void forEachChunk(Consumer<ColumnChunk> visitor) {
        for (var chunk : chunks) {
            if (chunk.rows() > 0) {
                visitor.accept(chunk);
            }
        }
    }

    /** What leads to the readers of a chunk: {@link sherd.engine.lifecycle.Readers#count}. */
    public static long hash(ColumnChunk chunk) {
        return (chunk.firstRow() * 0x9E3779B97F4A7C15L) >>> 32;
    }

    public long heldBytes() {
        long bytes = 0;
        for (var chunk : chunks) {
            bytes += chunk.bytes();
        }
        return bytes;
    }

    /**
     * Appends rows that lie one after the other in the form of {@link RowLayout}; all or, with OUT_OF_MEMORY, none.
     *
     * @return the id of the first
     */
    public long append(long rows, int count) {
        var added = new ArrayList<ColumnChunk>();
        var last = chunks.isEmpty() ? null : chunks.getLast();
        boolean goesOn = !cut && last != null && last.firstRow() + last.rows() == nextRow;
        var continued = goesOn ? last : null;
        var target = continued;
        long at = rows;
        long id = nextRow;
        for (int i = 0; i < count; i++, at += RowLayout.length(at), id++) {
            if (target == null || !target.add(at)) {
                var fresh = newChunk(id, RowLayout.length(at));
                if (fresh.isEmpty()) {
                    added.forEach(ColumnChunk::release);
                    if (continued != null) {
                        continued.rollback();
                    }
                    throw outOfMemory(count);
                }
                target = fresh.get();
                added.add(target);
                if (!target.add(at)) {
                    throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "a fresh chunk refused its first row");
                }
            }
        }
        if (continued != null) {
            continued.publish();
        }
        cut &= count == 0;
        added.forEach(ColumnChunk::publish);
        chunks.addAll(added);
        long first = nextRow;
        nextRow = id;
        return first;
    }

    /** Undoes the last {@link #append}, which began at that id and was not logged. */
    public void takeBack(long firstRow) {
        while (!chunks.isEmpty() && chunks.getLast().firstRow() >= firstRow) {
            chunks.removeLast().release();
        }
        if (!chunks.isEmpty()) {
            chunks.getLast().truncate((int) (firstRow - chunks.getLast().firstRow()));
        }
        nextRow = firstRow;
    }

    private java.util.Optional<ColumnChunk> newChunk(long firstRow, int rowBytes) {
        int capacity = nextCapacity;
        nextCapacity = Math.min(MAX_ROWS, nextCapacity * 2);
        return ColumnChunk.create(
                columns, timeColumn, firstRow, capacity, Math.max(rowBytes, capacity * (long) BYTES_PER_ROW), budget);
    }

    /** The chunks there are, each retained for the caller to release. */
    public List<ColumnChunk> snapshot() {
        chunks.forEach(ColumnChunk::retain);
        return List.copyOf(chunks);
    }

    /** Ends the current chunk, so that the rows so far can leave without those to come. */
    public void cut() {
        cut = true;
        nextCapacity = FIRST_ROWS;
    }

    /** Lets go of chunks whose rows have moved to a segment. */
    public void remove(Set<ColumnChunk> archived) {
        chunks.removeIf(chunk -> {
            if (archived.contains(chunk)) {
                chunk.release();
                return true;
            }
            return false;
        });
    }

    /** Removes all rows; ids go on. */
    public void clear() {
        chunks.forEach(ColumnChunk::release);
        chunks.clear();
        nextCapacity = FIRST_ROWS;
    }

    @Override
    public void close() {
        clear();
    }

    private StoreException outOfMemory(int count) {
        return new StoreException(
                ErrorCode.OUT_OF_MEMORY,
                "no memory for the rows: rows=" + count + " used=" + budget.usedBytes() + " limit="
                        + budget.limitBytes() + "; archive, or raise memory-limit");
    }
}
