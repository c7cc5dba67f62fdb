package sherd.engine.archive.index;

import java.util.Arrays;

/**
 * Rows of a segment between two bounds: those that may match, and of these those that certainly do. What lies between
 * is for the text to decide.
 *
 * <p>Blocks of 64 rows with their masks, in order; all other blocks are alike: no row, any row perhaps, or every row
 * for certain. So neither a rare word nor its opposite takes room for the rest of the segment. And, or and not are
 * taken of both bounds; not swaps them.
 */
public final class RowSet implements AutoCloseable {
    private static final int ENTRY_BYTES = 4 + 8 + 8;
    private static final long ALL = -1L;

    private final QueryMemory memory;
    private final long rows;
    private final long restUpper;
    private final long restLower;
    private int[] blocks;
    private long[] upper;
    private long[] lower;
    private int size;

    private RowSet(QueryMemory memory, long rows, long restUpper, long restLower, int room) {
        this.memory = memory;
        this.rows = rows;
        this.restUpper = restUpper;
        this.restLower = restLower;
        memory.take((long) room * ENTRY_BYTES);
        blocks = new int[room];
        upper = new long[room];
        lower = new long[room];
    }

    /** No row. */
    public static RowSet none(QueryMemory memory, long rows) {
        return new RowSet(memory, rows, 0, 0, 0);
    }

    /** Any row, perhaps. */
    public static RowSet any(QueryMemory memory, long rows) {
        return new RowSet(memory, rows, ALL, 0, 0);
    }

    /** Every row for certain. */
    public static RowSet every(QueryMemory memory, long rows) {
        return new RowSet(memory, rows, ALL, ALL, 0);
    }

    /** No row yet, with room for so many blocks. */
    public static RowSet empty(QueryMemory memory, long rows, int room) {
        return new RowSet(memory, rows, 0, 0, room);
    }

    /** Appends a block, which comes after those that are there. */
    void add(int block, long mayHave, long has) {
        if (mayHave == restUpper && has == restLower) {
            return;
        }
        if (size == blocks.length) {
            int room = Math.max(8, size * 2);
            memory.take((long) (room - size) * ENTRY_BYTES);
            blocks = Arrays.copyOf(blocks, room);
            upper = Arrays.copyOf(upper, room);
            lower = Arrays.copyOf(lower, room);
        }
        blocks[size] = block;
        upper[size] = mayHave;
        lower[size++] = has;
    }

    /** Adds a row that is not before any that is there. */
    public void addRow(int row) {
        int block = row >>> ListLayout.BLOCK_BITS;
        long bit = 1L << row;
        if (size > 0 && blocks[size - 1] == block) {
            upper[size - 1] |= bit;
            lower[size - 1] |= bit;
        } else {
            add(block, bit, bit);
        }
    }

    public boolean isEmpty() {
        return size == 0 && restUpper == 0;
    }

    /** Whether it says nothing: any row may match and none certainly does. */
    public boolean saysNothing() {
        return size == 0 && restUpper == ALL && restLower == 0;
    }

    /** Rows that may match. */
    public long mayCount() {
        return count(upper, restUpper);
    }

    /** Rows that certainly match. */
    public long certainCount() {
        return count(lower, restLower);
    }

    private long count(long[] masks, long rest) {
        long sum = 0;
        long restRows = rest == 0 ? 0 : rows;
        for (int i = 0; i < size; i++) {
            long valid = valid(blocks[i]);
            sum += Long.bitCount(masks[i] & valid);
            restRows -= rest == 0 ? 0 : Long.bitCount(valid);
        }
        return sum + restRows;
    }

    /** Rows in both; closes both. */
    public RowSet and(RowSet other) {
        return merge(other, true);
    }

    /** Rows in either; closes both. */
    public RowSet or(RowSet other) {
        return merge(other, false);
    }

    /** The other rows; closes this. */
    public RowSet not() {
        var result = new RowSet(memory, rows, ~restLower, ~restUpper, size);
        for (int i = 0; i < size; i++) {
            result.add(blocks[i], ~lower[i], ~upper[i]);
        }
        close();
        return result;
    }

    /** The same rows, none of them certain; closes this. */
    public RowSet uncertain() {
        var result = new RowSet(memory, rows, restUpper, 0, size);
        for (int i = 0; i < size; i++) {
            result.add(blocks[i], upper[i], 0);
        }
        close();
        return result;
    }

    /** The rows that may match, taken for certain ones; closes this. */
    public RowSet asCertain() {
        var result = new RowSet(memory, rows, restUpper, restUpper, size);
        for (int i = 0; i < size; i++) {
            result.add(blocks[i], upper[i], upper[i]);
        }
        close();
        return result;
    }

    private RowSet merge(RowSet other, boolean and) {
        long mayRest = and ? restUpper & other.restUpper : restUpper | other.restUpper;
        long certainRest = and ? restLower & other.restLower : restLower | other.restLower;
        var result = new RowSet(memory, rows, mayRest, certainRest, and ? Math.min(size, other.size) : size);
        int left = 0;
        int right = 0;
        while (left < size || right < other.size) {
            int leftBlock = left < size ? blocks[left] : Integer.MAX_VALUE;
            int rightBlock = right < other.size ? other.blocks[right] : Integer.MAX_VALUE;
            int block = Math.min(leftBlock, rightBlock);
            long leftUpper = restUpper;
            long leftLower = restLower;
            if (leftBlock == block) {
                leftUpper = upper[left];
                leftLower = lower[left++];
            }
            long rightUpper = other.restUpper;
            long rightLower = other.restLower;
            if (rightBlock == block) {
                rightUpper = other.upper[right];
                rightLower = other.lower[right++];
            }
            if (and) {
                result.add(block, leftUpper & rightUpper, leftLower & rightLower);
            } else {
                result.add(block, leftUpper | rightUpper, leftLower | rightLower);
            }
        }
        close();
        other.close();
        return result;
    }

    @Override
    public void close() {
        memory.give((long) blocks.length * ENTRY_BYTES);
        blocks = new int[0];
        upper = new long[0];
        lower = new long[0];
        size = 0;
    }

    /** Bits of a block that are rows; the last block may be shorter. */
    private long valid(int block) {
        long left = rows - ((long) block << ListLayout.BLOCK_BITS);
        return left >= ListLayout.BLOCK_ROWS ? ALL : left <= 0 ? 0 : (1L << left) - 1;
    }

    /** Walks the blocks that may have a row, the last first. */
    public Walk fromLast() {
        return new Walk();
    }

    /** See {@link RowSet#fromLast}. */
    public final class Walk {
        private int at = size - 1;
        private int block = ListLayout.blocks(rows);
        private long may;
        private long certain;

        private Walk() {}

        public boolean next() {
            if (restUpper == 0) {
                while (at >= 0 && upper[at] == 0) {
                    at--;
                }
                if (at < 0) {
                    return false;
                }
                block = blocks[at];
                load();
                return true;
            }
            do {
                if (--block < 0) {
                    return false;
                }
                load();
            } while (may == 0);
            return true;
        }

        private void load() {
            boolean listed = at >= 0 && blocks[at] == block;
            long valid = valid(block);
            may = valid & (listed ? upper[at] : restUpper);
            certain = valid & (listed ? lower[at] : restLower);
            at -= listed ? 1 : 0;
        }

        /** The first row of the block. */
        public int firstRow() {
            return block << ListLayout.BLOCK_BITS;
        }

        /** A bit for each row of the block that may match. */
        public long may() {
            return may;
        }

        /** A bit for each row that certainly does. */
        public long certain() {
            return certain;
        }
    }
}
