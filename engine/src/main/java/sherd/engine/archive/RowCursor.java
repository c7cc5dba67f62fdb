package sherd.engine.archive;

import org.jspecify.annotations.Nullable;
import sherd.engine.archive.arrow.ArrowBatch;
import sherd.engine.archive.arrow.ArrowWriter;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.text.RowView;

/**
 * A place in a segment. {@link #seek} first; then the values of that row. Moving within a batch costs nothing, so rows
 * should be visited in order, up or down. One owner.
 */
public final class RowCursor implements RowView {
    private final Segment segment;
    private final ReadStats stats;
    private final boolean once;
    private @Nullable ArrowBatch batch;
    private int block = -1;
    private long firstRow;
    private long endRow;
    private int row;

    /** @param once whether it walks over all rows once, so that what it reads is not worth keeping */
    RowCursor(Segment segment, ReadStats stats, boolean once) {
        this.segment = segment;
        this.stats = stats;
        this.once = once;
    }

    /** Goes to a row, from 0 on. */
    public void seek(long wanted) {
        if (wanted < firstRow || wanted >= endRow) {
            load(wanted);
        }
        row = (int) (wanted - firstRow);
    }

    /** Its place in the record batch it is in. */
    public int rowInBatch() {
        return row;
    }

    /** Rows of its record batch from the one it is at. */
    public int rowsLeftInBatch() {
        return (int) (endRow - firstRow) - row;
    }

    /** Copies the row it is at and those behind it: see {@link ArrowWriter#copyRows}. */
    int copyRows(ArrowWriter target, int most, int placed) {
        try {
            return target.copyRows(batch(), row, Math.min(most, rowsLeftInBatch()), placed);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw broken(e);
        }
    }

    /** Rows of the segment. */
    public long rows() {
        return segment.meta().rows();
    }

    @Override
    public boolean isNull(int column) {
        try {
            return batch().isNull(column, row);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw broken(e);
        }
    }

    @Override
    public long getLong(int column) {
        try {
            return batch().getLong(column, row);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw broken(e);
        }
    }

    @Override
    public double getDouble(int column) {
        try {
            return batch().getDouble(column, row);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw broken(e);
        }
    }

    @Override
    public int length(int column) {
        try {
            return batch().length(column, row);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw broken(e);
        }
    }

    @Override
    public void copyBytes(int column, byte[] target, int offset) {
        try {
            batch().copyBytes(column, row, target, offset);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw broken(e);
        }
    }

    /** Copies a value to native memory, where there is room for its {@link #length}. */
    public void copyBytes(int column, long target) {
        try {
            batch().copyBytes(column, row, target);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw broken(e);
        }
    }

    /** A value as bytes; the array may be shared, so nobody writes into it. */
    public byte[] getBytes(int column) {
        try {
            return batch().getBytes(column, row);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw broken(e);
        }
    }

    /** What this cursor read from the disk so far. */
    public ReadStats stats() {
        return stats;
    }

    private void load(long wanted) {
        var blocks = segment.blocks();
        if (wanted < 0 || wanted >= blocks.rows()) {
            throw new IndexOutOfBoundsException("row=" + wanted + " rows=" + blocks.rows());
        }
        boolean following = block >= 0 && wanted == endRow;
        int next = following ? block + 1 : blocks.blockOf(wanted);
        batch = segment.batch(next, stats, once);
        block = next;
        firstRow = blocks.firstRow(next);
        endRow = blocks.endRow(next);
    }

    private ArrowBatch batch() {
        var current = batch;
        if (current == null) {
            throw new IllegalStateException("a cursor is asked before seek");
        }
        return current;
    }

    private RuntimeException broken(RuntimeException e) {
        return segment.brokenBatch(block, e);
    }
}
