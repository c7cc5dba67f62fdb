package sherd.engine.archive;

/**
 * Which rows lie in a range of time, batch by batch. Rows are asked from the last to the first. Only batches across an
 * end of the range need their times read.
 */
final class TimeWindow {
    /** What is known of the batch that a row is in. */
    enum Known {
        INSIDE,
        OUTSIDE,
        ACROSS
    }

    private final BlockTable batches;
    private final boolean timed;
    private final long from;
    private final long to;
    private int batch = -1;
    private long firstRow;
    private long endRow;
    private Known known = Known.OUTSIDE;

    /** Times from {@code from} to {@code to}, both included; without a time column every row is inside. */
    TimeWindow(Segment segment, long from, long to) {
        this.batches = segment.blocks();
        this.timed = segment.meta().timeColumn() >= 0;
        this.from = from;
        this.to = to;
    }

    Known at(long row) {
        if (row < firstRow || row >= endRow) {
            batch = batch > 0 && row == firstRow - 1 ? batch - 1 : batches.blockOf(row);
            firstRow = batches.firstRow(batch);
            endRow = batches.endRow(batch);
            known = of(batch);
        }
        return known;
    }

    /** The batch asked for last. */
    int batch() {
        return batch;
    }

    /** No row of that batch is newer. */
    long batchMaxTime() {
        return timed ? batches.maxTime(batch) : 0;
    }

    /** The first row of the batch asked for last. */
    long batchStart() {
        return firstRow;
    }

    boolean has(long time) {
        return time >= from && time <= to;
    }

    /** What is known of a batch. */
    Known of(int batch) {
        long least = batches.minTime(batch);
        long greatest = batches.maxTime(batch);
        if (!timed || (least >= from && greatest <= to)) {
            return Known.INSIDE;
        }
        return least > to || greatest < from ? Known.OUTSIDE : Known.ACROSS;
    }
}
