package sherd.engine.archive.index;

/**
 * A sorted part of the terms of an index that is being made, put aside until all rows are seen.
 *
 * <pre>
 * run    terms in unsigned byte order, each:
 *        var shared bytes | var own bytes | own bytes | var rows that have the term &lt;&lt; 1 | by blocks
 *        | var length | gaps, var each: rows, or blocks, the first counted from 0
 *        and after the last: var 0 | var 0
 * </pre>
 *
 * Rows of one run come before the rows of the next.
 */
final class RunLayout {
    static final int BUFFER = 64 << 10;

    private RunLayout() {}
}
