package sherd.engine.archive.index;

/**
 * A dictionary block: up to 64 terms in unsigned byte order, each after the other.
 *
 * <pre>
 * term     lengths (byte): shared &lt;&lt; 4 | own; 15 stands for 15 and more
 *          | var shared - 15, if 15 | var own - 15, if 15 | own bytes
 *          | list (byte): codec &lt;&lt; 5 | outside &lt;&lt; 4 | length; 15 stands for 15 and more
 *          | var length - 15, if 15 | var rows that have the term, with all codecs but ROW and ROWS
 *          | the list's bytes, if not outside
 * shared   bytes that the term before begins with too; 0 for a block's first
 * length   of the list in bytes
 * var      seven bits a byte, lowest first; the top bit says that more follow
 * </pre>
 *
 * Lists of up to 64 bytes stand in the block, so a needle costs one read. A term longer than 128 bytes is kept as its
 * first 128; who finds a term of that length must look at the row.
 */
final class TermLayout {
    static final int MAX_TERM_BYTES = 128;
    static final int MAX_INSIDE_BYTES = 64;
    static final int MANY = 15;
    static final int CRC_BYTES = 4;

    private static final int OUTSIDE = 1 << 4;
    private static final int CODEC_SHIFT = 5;

    private TermLayout() {}

    static int lengths(int shared, int own) {
        return Math.min(shared, MANY) << 4 | Math.min(own, MANY);
    }

    static int list(int codec, boolean outside, int length) {
        return codec << CODEC_SHIFT | (outside ? OUTSIDE : 0) | Math.min(length, MANY);
    }

    static int codec(int list) {
        return list >>> CODEC_SHIFT;
    }

    static boolean outside(int list) {
        return (list & OUTSIDE) != 0;
    }
}
