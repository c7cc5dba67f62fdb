package sherd.engine.archive.index;

/**
 * Which rows have a term, in the form that its number of rows asks for.
 *
 * <pre>
 * codec           list
 * 0 ROW           var row: the one there is
 * 1 ROWS          var each: the first row, then the distance from row to row; fewer than 128
 * 2 BLOCKS        the same of blocks: some row of each block has the term, no row of another
 * 3 BITMAP        a bit per block, lowest first, up to the last that is set
 * 4 RUNS          var each: blocks to leave out, blocks in a row to take, and so on
 * 5 EVERYWHERE    nothing: any row may have the term
 * 6 PACKED_ROWS   the same as 1, in bits: see {@link PackedGaps}
 * 7 PACKED_BLOCKS the same as 2, in bits
 * </pre>
 *
 * A block is 64 rows. Rows of lists 0, 1 and 6 have the term; with the others the text decides. Of lists that say the
 * same the shortest is taken, the first of equals.
 */
final class ListLayout {
    static final int BLOCK_BITS = 6;
    static final int BLOCK_ROWS = 1 << BLOCK_BITS;

    /** From so many rows on, a term is kept by blocks: see docs/decisions/0020-hybrid-index.md for the sizes. */
    static final int FREQUENT = 128;

    /** Of 16 blocks, in so many a term is everywhere: an index that leaves out so little is not worth its bytes. */
    static final int EVERYWHERE_OF_16 = 13;

    static final int ROW = 0;
    static final int ROWS = 1;
    static final int BLOCKS = 2;
    static final int BITMAP = 3;
    static final int RUNS = 4;
    static final int EVERYWHERE = 5;
    static final int PACKED_ROWS = 6;
    static final int PACKED_BLOCKS = 7;

    private ListLayout() {}

    /** Whether a list says of each row that it has the term. */
    static boolean exact(int codec) {
        return codec <= ROWS || codec == PACKED_ROWS;
    }

    static int blocks(long rows) {
        return (int) ((rows + BLOCK_ROWS - 1) >>> BLOCK_BITS);
    }

    static boolean everywhere(long count, long blocks) {
        return count * 16 >= blocks * EVERYWHERE_OF_16;
    }
}
