package sherd.engine.archive.index;

/**
 * Terms and their rows: the member {@code index.sherd}, up to the table of blocks.
 *
 * <pre>
 * postings    a list per term that keeps its rows here, in term order:
 *             CRC32C of the rest (int) | gaps
 * gaps        var each: the first row, then the distance from row to row
 * dictionary  blocks of up to 64 terms in unsigned byte order, each block one after the other:
 *             term*
 * term        var bytes shared with the term before (0 for a block's first) | var bytes of its own | these bytes
 *             | var count of rows | var (length of gaps &lt;&lt; 4 | codec &lt;&lt; 1 | inline) | gaps, if inline
 * sparse      per dictionary block: var length of first term | first term | var length of the block
 *             | CRC32C of the block (int) | var place of its first list among the postings
 * var         seven bits a byte, lowest first; the top bit says that more follow
 * </pre>
 *
 * Lists of up to 12 bytes are inline, so three terms in four cost no place among the postings. A term longer than 128
 * bytes is kept as its first 128; who finds a term of that length must look at the row.
 */
final class TermLayout {
    static final int BLOCK_TERMS = 64;
    static final int MAX_TERM_BYTES = 128;
    static final int MAX_INLINE_BYTES = 12;
    static final int CRC_BYTES = 4;
    /** Gaps as var; the only codec so far. */
    static final int CODEC_GAPS = 0;

    private static final int CODEC_MASK = 7;

    private TermLayout() {}

    static long control(long length, int codec, boolean inline) {
        return length << 4 | (long) codec << 1 | (inline ? 1 : 0);
    }

    static boolean inline(long control) {
        return (control & 1) != 0;
    }

    static int codec(long control) {
        return (int) (control >> 1) & CODEC_MASK;
    }

    static long length(long control) {
        return control >>> 4;
    }
}
