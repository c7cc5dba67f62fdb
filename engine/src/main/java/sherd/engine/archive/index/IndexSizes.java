package sherd.engine.archive.index;

import sherd.engine.archive.file.ReadStats;

/**
 * What an index is made of, in bytes.
 *
 * @param terms how many there are
 * @param postings pairs of a term and a row that has it
 * @param dictionary terms, their lengths and their rows' counts
 * @param single rows of terms that one row has
 * @param rows lists of rows
 * @param blocks lists of blocks of 64 rows
 * @param sparse what finds a group of terms
 * @param filters what tells that a word is not there
 * @param everywhere terms that keep no list
 */
public record IndexSizes(
        long terms,
        long postings,
        long dictionary,
        long single,
        long rows,
        long blocks,
        long sparse,
        long filters,
        long everywhere) {
    public static IndexSizes of(IndexReader index) {
        var stats = new ReadStats();
        var terms = index.all(stats);
        long single = 0;
        long rows = 0;
        long blocks = 0;
        long everywhere = 0;
        while (terms.next()) {
            switch (terms.codec()) {
                case ListLayout.ROW -> single += terms.listBytes();
                case ListLayout.ROWS, ListLayout.PACKED_ROWS -> rows += terms.listBytes();
                case ListLayout.EVERYWHERE -> everywhere++;
                default -> blocks += terms.listBytes();
            }
        }
        long sparse = index.sparseBytes();
        long filters = index.filterBytes();
        long dictionary = index.bytes().size() - sparse - filters - single - rows - blocks;
        return new IndexSizes(
                index.terms(), index.postings(), dictionary, single, rows, blocks, sparse, filters, everywhere);
    }

    public long total() {
        return dictionary + single + rows + blocks + sparse + filters;
    }
}
