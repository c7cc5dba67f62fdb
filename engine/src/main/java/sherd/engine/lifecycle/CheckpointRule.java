package sherd.engine.lifecycle;

/**
 * When the commit log has grown enough for a checkpoint, which writes every row in memory: not before it is as long as
 * the rows of the last one. Then no more is written for checkpoints than for the log, however large the tables are, and
 * a start replays no more than about what it loads.
 *
 * <p>Where the disk runs full, the log must not be what fills it: one that is half as long as what is free is enough.
 *
 * @param leastLogBytes while the log is shorter there is no checkpoint, unless the disk runs full
 */
public record CheckpointRule(long leastLogBytes) {
    /** Only whole log files go, so a shorter log might be as long after the checkpoint as before. */
    private static final int LEAST_SHARE = 4;

    private static final int FREE_SHARE = 2;

    /**
     * Decides.
     *
     * @param rowBytes what the rows of the last checkpoint take, 0 if there was none
     * @param freeBytes room on the disk
     */
    public boolean due(long logBytes, long rowBytes, long freeBytes) {
        return logBytes > Math.max(leastLogBytes, rowBytes)
                || (logBytes > leastLogBytes / LEAST_SHARE && logBytes > freeBytes / FREE_SHARE);
    }
}
