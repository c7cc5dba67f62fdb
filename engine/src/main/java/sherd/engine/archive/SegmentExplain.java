package sherd.engine.archive;

import java.util.List;

/**
 * How one segment was asked.
 *
 * @param segment its id
 * @param plan none if the index knew that no row matches, index if it left some out, scan if it could not
 * @param terms what was looked up, and what the index had
 * @param candidates rows that the index proposed
 * @param certain of these, those it knew to match
 * @param verified rows whose text was read to decide
 * @param indexReads reads of parts of the index
 * @param blocksRead reads of blocks of rows
 * @param planNanos until the rows were proposed
 * @param readNanos until they were counted and reported
 */
public record SegmentExplain(
        String segment,
        String plan,
        List<String> terms,
        long candidates,
        long certain,
        long verified,
        long indexReads,
        long indexBytes,
        long blocksRead,
        long bytesRead,
        long planNanos,
        long readNanos) {
    public SegmentExplain {
        terms = List.copyOf(terms);
    }
}
