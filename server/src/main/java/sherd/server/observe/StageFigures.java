package sherd.server.observe;

/** What was found of sampled batches: their time by stage, and the same of the slowest of them. */
@SuppressWarnings("EnumOrdinal") // a cell per stage
public final class StageFigures {
    private static final double SLOWEST = 0.99;

    private final long[] table;

    StageFigures(long[] table) {
        this.table = table;
    }

    /** What came after an earlier look. */
    public StageFigures since(StageFigures earlier) {
        var difference = new long[table.length];
        for (int i = 0; i < table.length; i++) {
            difference[i] = table[i] - earlier.table[i];
        }
        return new StageFigures(difference);
    }

    public long batches() {
        return sum(0, 0);
    }

    public long commands() {
        return sum(1, 0);
    }

    /** From their first to their last moment, the looks at the clock included. */
    public long wallNanos() {
        return sum(2, 0);
    }

    public long nanos(Stage stage) {
        return sum(cell(stage), 0);
    }

    /** Of the time of the loops: waiting for others is none. */
    public double cpuShare(Stage stage) {
        long all = 0;
        for (var each : Stage.values()) {
            all += each.onLoop() ? nanos(each) : 0;
        }
        return stage.onLoop() ? share(nanos(stage), all) : 0;
    }

    /** Of the whole time of the slowest hundredth of the batches, waiting included: what makes the tail. */
    public double p99Share(Stage stage) {
        int slow = slowest();
        long all = 0;
        for (var each : Stage.values()) {
            all += sum(cell(each), slow);
        }
        return share(sum(cell(stage), slow), all);
    }

    /** What one batch in a hundred takes at least, within an eighth. */
    public long p99Nanos() {
        return batches() == 0 ? 0 : Buckets.from(slowest());
    }

    /** The class that the slowest hundredth begins in. */
    private int slowest() {
        long wanted = (long) Math.ceil(batches() * SLOWEST);
        long seen = 0;
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            seen += table[bucket * StageClock.ROW];
            if (seen >= wanted) {
                return bucket;
            }
        }
        return Buckets.COUNT - 1;
    }

    private static double share(long part, long all) {
        return all == 0 ? 0 : (double) part / all;
    }

    private static int cell(Stage stage) {
        return 3 + stage.ordinal();
    }

    private long sum(int cell, int fromBucket) {
        long sum = 0;
        for (int bucket = fromBucket; bucket < Buckets.COUNT; bucket++) {
            sum += table[bucket * StageClock.ROW + cell];
        }
        return sum;
    }
}
