package sherd.engine.column;

import java.util.Arrays;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.RecordHeap;

/**
 * The fixed-width columns of one shard of a record table: an array per column, addressed by row slot. Not thread-safe.
 *
 * <p>A column is a list of pages of {@value #PAGE_ROWS} values, 64-byte aligned, with one validity bit a row (Arrow's
 * sense: 1 is a value). Slots of removed rows are reused, so arrays stay dense.
 */
public final class ColumnSet implements AutoCloseable {
    public static final int PAGE_ROWS = 256;

    private static final int VALIDITY_BYTES = Math.max(64, PAGE_ROWS / 8);

    private final RecordHeap heap;
    private final int[] widths;
    /** {@code pages[column][page]}: values, then the validity bits. */
    private final long[][] pages;

    private int rows;
    private int[] free = new int[16];
    private int freeCount;

    public ColumnSet(RecordHeap heap, int[] widths) {
        this.heap = heap;
        this.widths = widths.clone();
        this.pages = new long[widths.length][0];
    }

    /** A slot whose columns are all null, or -1 when memory is out. */
    public int addRow() {
        int row;
        if (freeCount > 0) {
            row = free[--freeCount];
        } else {
            if (rows % PAGE_ROWS == 0 && !addPages(rows / PAGE_ROWS)) {
                return -1;
            }
            row = rows++;
        }
        for (int column = 0; column < widths.length; column++) {
            setNull(column, row);
        }
        return row;
    }

    public void removeRow(int row) {
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = row;
    }

    public boolean isNull(int column, int row) {
        long bits = validity(column, row);
        return (OffHeap.getByte(bits) & 1 << (row & 7)) == 0;
    }

    public void setNull(int column, int row) {
        long bits = validity(column, row);
        OffHeap.putByte(bits, (byte) (OffHeap.getByte(bits) & ~(1 << (row & 7))));
    }

    /** Copies a value of the column's width in. */
    public void set(int column, int row, long source) {
        OffHeap.copy(source, address(column, row), widths[column]);
        long bits = validity(column, row);
        OffHeap.putByte(bits, (byte) (OffHeap.getByte(bits) | 1 << (row & 7)));
    }

    /** Where a value lies; its width is the column's. */
    public long address(int column, int row) {
        return pages[column][row / PAGE_ROWS] + (long) (row % PAGE_ROWS) * widths[column];
    }

    @Override
    public void close() {
        for (int column = 0; column < widths.length; column++) {
            for (long page : pages[column]) {
                heap.free(page, pageBytes(column));
            }
            pages[column] = new long[0];
        }
        rows = 0;
        freeCount = 0;
    }

    private long validity(int column, int row) {
        return pages[column][row / PAGE_ROWS] + (long) PAGE_ROWS * widths[column] + (row % PAGE_ROWS >>> 3);
    }

    private int pageBytes(int column) {
        return PAGE_ROWS * widths[column] + VALIDITY_BYTES;
    }

    private boolean addPages(int page) {
        for (int column = 0; column < widths.length; column++) {
            if (pages[column].length > page) {
                continue; // left from an attempt that ran out of memory half way
            }
            long address = heap.allocate(pageBytes(column));
            if (address == 0) {
                return false;
            }
            OffHeap.fill(address, pageBytes(column), (byte) 0);
            pages[column] = Arrays.copyOf(pages[column], page + 1);
            pages[column][page] = address;
        }
        return true;
    }
}
