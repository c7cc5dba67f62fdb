package sherd.engine.archive.index;

import sherd.engine.archive.file.ByteSink;

/** Terms in unsigned byte order with the rows of a part of the segment: a table in memory, or a run put aside. */
interface TermSource {
    /** Goes to the next term. */
    boolean next();

    byte[] term();

    /** Bytes of {@link #term} that count. */
    int length();

    /** Rows that have the term. */
    int rows();

    /** Whether the gaps are of blocks, not of rows. */
    boolean byBlocks();

    /** The gaps, the first counted from 0. */
    ByteSink gaps();
}
