package sherd.engine.archive.index;

import sherd.engine.archive.file.ByteSink;

/** The terms of a table in order. */
final class TableSource implements TermSource {
    private final TermTable table;
    private final int[] order;
    private final ByteSink gaps = new ByteSink();
    private final byte[] term = new byte[TermLayout.MAX_TERM_BYTES];
    private int at = -1;

    TableSource(TermTable table) {
        this.table = table;
        this.order = table.sorted();
    }

    @Override
    public boolean next() {
        if (++at >= order.length) {
            return false;
        }
        System.arraycopy(table.nameBytes(), table.nameStart(order[at]), term, 0, length());
        gaps.clear();
        table.copyGaps(order[at], gaps);
        return true;
    }

    @Override
    public byte[] term() {
        return term;
    }

    @Override
    public int length() {
        return table.nameEnd(order[at]) - table.nameStart(order[at]);
    }

    @Override
    public int rows() {
        return table.count(order[at]);
    }

    @Override
    public boolean byBlocks() {
        return table.byBlocks(order[at]);
    }

    @Override
    public ByteSink gaps() {
        return gaps;
    }
}
