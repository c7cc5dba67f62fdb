package sherd.engine.archive.index;

/**
 * Terms and their rows: the first part of the member {@code index.sherd}, readable from its own last bytes.
 *
 * <pre>
 * index   groups, after each 1024 of them and after the last a filter | first terms | entries | places | tail
 * group   up to 64 terms in order: dictionary block (see TermLayout) | lists of its terms that are not in it, in
 *         term order, each: CRC32C of the rest (int) | list (see ListLayout)
 * first terms   of each group, one after the other
 * entry   per group, 16 bytes: place of the group &lt;&lt; 24 | length of its dictionary block (long)
 *         | CRC32C of the dictionary block (int) | end of its first term among the first terms (int)
 * filter  of the words, which are the terms without . : / - and @: a KeyFilter with 16 bits a fingerprint
 * place   per filter, 12 bytes: place of the filter &lt;&lt; 24 | its length (long) | CRC32C of it (int)
 *
 * tail, 80 bytes:
 *   +0 "SHERDIDX"   +8 version (int)   +12 rows in a block (int)   +16 rows (long)   +24 terms (long)
 *  +32 postings: pairs of a term and a row that has it (long)      +40 bytes of the first terms (int)
 *  +44 groups (int)    +48 CRC32C of first terms, entries and places (int) +52 tokenizer, ASCII and zeros (24)
 *  +76 CRC32C of the bytes before (int)
 * </pre>
 *
 * Numbers are little-endian, places count from the start of the index.
 */
final class IndexLayout {
    static final int VERSION = 4;
    static final int GROUP_TERMS = 64;
    static final int ENTRY = 16;
    static final int FILTER_GROUPS = 1024;
    static final int FILTER_ENTRY = 12;
    static final int TAIL = 80;
    static final int TOKENIZER_BYTES = 24;
    static final int TAIL_CRC = TAIL - 4;
    static final long MAGIC = 0x5844494452454853L;

    private static final int LENGTH_BITS = 24;
    private static final long LENGTH_MASK = (1L << LENGTH_BITS) - 1;

    private IndexLayout() {}

    static long located(long place, int length) {
        return place << LENGTH_BITS | length;
    }

    static long place(long located) {
        return located >>> LENGTH_BITS;
    }

    static int length(long located) {
        return (int) (located & LENGTH_MASK);
    }
}
