package sherd.engine.archive.index;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Terms of several sources in one order, each with its rows from all of them. A source is a run of rows after those of
 * the source before, so lists are joined, not merged.
 */
final class TermMerge {
    private record Head(TermSource source, int number) {}

    private static final Comparator<Head> ORDER = Comparator.<Head, TermSource>comparing(
                    Head::source,
                    (left, right) ->
                            Arrays.compareUnsigned(left.term(), 0, left.length(), right.term(), 0, right.length()))
            .thenComparingInt(Head::number);

    private final PriorityQueue<Head> heads = new PriorityQueue<>(ORDER);
    private final byte[] term = new byte[TermLayout.MAX_TERM_BYTES];
    private int length;
    private int rows;
    private boolean byBlocks;
    private int[] values = new int[64];
    private int count;

    TermMerge(List<TermSource> sources) {
        for (int i = 0; i < sources.size(); i++) {
            push(new Head(sources.get(i), i));
        }
    }

    boolean next() {
        var head = heads.poll();
        if (head == null) {
            return false;
        }
        length = head.source().length();
        System.arraycopy(head.source().term(), 0, term, 0, length);
        rows = 0;
        count = 0;
        byBlocks = false;
        @Nullable Head same = head;
        while (same != null) {
            join(same.source());
            push(same);
            same = heads.peek();
            boolean equal = same != null
                    && Arrays.equals(
                            term,
                            0,
                            length,
                            same.source().term(),
                            0,
                            same.source().length());
            same = equal ? heads.poll() : null;
        }
        if (!byBlocks && rows >= ListLayout.FREQUENT) {
            turnToBlocks();
        }
        return true;
    }

    byte[] term() {
        return term;
    }

    int length() {
        return length;
    }

    int rows() {
        return rows;
    }

    boolean byBlocks() {
        return byBlocks;
    }

    /** Rows or blocks, ascending, of which the first {@link #count} count. */
    int[] values() {
        return values;
    }

    int count() {
        return count;
    }

    private void push(Head head) {
        if (head.source().next()) {
            heads.add(head);
        }
    }

    private void join(TermSource source) {
        rows += source.rows();
        if (source.byBlocks() && !byBlocks) {
            turnToBlocks();
        }
        boolean convert = byBlocks && !source.byBlocks();
        var gaps = new GapReader(source.gaps().array(), 0, source.gaps().size());
        int value = 0;
        while (gaps.more()) {
            value += gaps.next();
            add(convert ? value >>> ListLayout.BLOCK_BITS : value);
        }
    }

    /** A block may end one source and begin the next. */
    private void add(int value) {
        if (count > 0 && values[count - 1] == value) {
            return;
        }
        if (count == values.length) {
            values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = value;
    }

    private void turnToBlocks() {
        int before = count;
        count = 0;
        for (int i = 0; i < before; i++) {
            add(values[i] >>> ListLayout.BLOCK_BITS);
        }
        byBlocks = true;
    }
}
