package sherd.engine.archive.index;

/**
 * The union of the rows of many terms. A few are joined one after the other; then there is a mask for each block of the
 * segment, so that a thousand terms do not cost a thousand passes. Ends early when nearly every block is in it.
 */
public final class RowUnion {
    private static final int FEW = 8;

    private final QueryMemory memory;
    private final long rows;
    private RowSet set;
    private int joined;
    private long[] upper = {};
    private long[] lower = {};
    private int touched;

    public RowUnion(QueryMemory memory, long rows) {
        this.memory = memory;
        this.rows = rows;
        this.set = RowSet.none(memory, rows);
    }

    /** Whether it has come to say nothing, so that more terms need not be looked at. */
    public boolean saysNothing() {
        return set.saysNothing();
    }

    public void add(RowSet more) {
        if (more.saysNothing()) {
            clearMasks();
            set.close();
            set = more;
        } else if (set.saysNothing()) {
            more.close();
        } else if (joined++ < FEW) {
            set = set.or(more);
        } else {
            spread(more);
        }
    }

    /** Closes this. */
    public RowSet result() {
        if (upper.length == 0) {
            return set;
        }
        var result = RowSet.empty(memory, rows, touched);
        for (int block = 0; block < upper.length; block++) {
            if (upper[block] != 0) {
                result.add(block, upper[block], lower[block]);
            }
        }
        clearMasks();
        return result.or(set);
    }

    private void spread(RowSet more) {
        if (upper.length == 0) {
            int blocks = ListLayout.blocks(rows);
            memory.take(blocks * 16L);
            upper = new long[blocks];
            lower = new long[blocks];
        }
        var walk = more.fromLast();
        while (walk.next()) {
            int block = walk.firstRow() >>> ListLayout.BLOCK_BITS;
            touched += upper[block] == 0 ? 1 : 0;
            upper[block] |= walk.may();
            lower[block] |= walk.certain();
        }
        more.close();
    }

    private void clearMasks() {
        memory.give(upper.length * 16L);
        upper = new long[0];
        lower = new long[0];
        touched = 0;
    }
}
