package sherd.server.net;

/**
 * How many loops the connections are spread over: as few as carry them. Each loop that is woken pays for the waking, so
 * two that are half idle cost more than one, and whoever waits, waits longer. Nor is a loop worth having whose time a
 * client on the same machine, or another program, would have used.
 *
 * <p>One more as soon as one has been busy for two rounds in which the machine had a processor to spare; one fewer when
 * the rest could have carried everything for ten, or could just carry it while there was no processor to spare.
 */
public final class LoopCount {
    static final double BUSY = 0.75;
    static final double CALM = 0.6;
    /** Of a processor to spare; a second loop beside a busy one is worth about as much. */
    static final double ROOM = 0.7;
    /** Hardly any. */
    static final double CROWDED = 0.2;

    static final int BUSY_ROUNDS = 2;
    static final int CALM_ROUNDS = 10;

    private final int most;
    private int count = 1;
    private int busyRounds;
    private int calmRounds;

    public LoopCount(int most) {
        this.most = most;
    }

    public int count() {
        return count;
    }

    /**
     * Takes in a round.
     *
     * @param shares of a processor that each loop has used; those beyond {@link #count} included
     * @param room in processors, what the machine had left
     */
    public int next(double[] shares, double room) {
        double total = 0;
        double highest = 0;
        for (double share : shares) {
            total += share;
            highest = Math.max(highest, share);
        }
        busyRounds = highest > BUSY && room >= ROOM ? busyRounds + 1 : 0;
        calmRounds = total < (room < CROWDED ? 1 : CALM) * (count - 1) ? calmRounds + 1 : 0;
        if (busyRounds >= BUSY_ROUNDS && count < most) {
            count++;
            busyRounds = 0;
            calmRounds = 0;
        } else if (calmRounds >= CALM_ROUNDS) {
            count--;
            calmRounds = 0;
        }
        return count;
    }
}
