package sherd.server.net;

/**
 * How many loops the connections are spread over: as few as carry them. Each loop that is woken pays for the waking, so
 * two that are half idle cost more than one, and whoever waits, waits longer. Nor is a loop worth having whose time a
 * client on the same machine, or another program, would have used.
 *
 * <p>One more as soon as one has been busy for two rounds in which the machine had a processor to spare, or never idle
 * while it had half of one. One fewer when the rest could have carried everything for ten, or could about carry it and
 * rounds in which hardly anything was to spare were ten more than others.
 */
public final class LoopCount {
    static final double BUSY = 0.75;
    static final double CALM = 0.6;
    /** Of a processor to spare; a second loop beside a busy one is worth about as much. */
    static final double ROOM = 0.7;
    /** A loop without a pause. */
    static final double FULL = 0.92;

    static final double ROOM_BESIDE_FULL = 0.5;
    /** Hardly any. */
    static final double CROWDED = 0.2;
    /** As much as fewer loops take on, for each of them, where there is hardly any: what two pay for waking is saved. */
    static final double CARRIED = 1.1;

    static final int BUSY_ROUNDS = 2;
    static final int CALM_ROUNDS = 10;

    private final int most;
    private int count = 1;
    private int busyRounds;
    private int calmRounds;
    private int crowdedRounds;

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
        boolean worthOneMore = highest > FULL ? room >= ROOM_BESIDE_FULL : highest > BUSY && room >= ROOM;
        busyRounds = worthOneMore ? busyRounds + 1 : 0;
        calmRounds = total < CALM * (count - 1) ? calmRounds + 1 : 0;
        boolean crowded = room < CROWDED && total < CARRIED * (count - 1);
        crowdedRounds = Math.max(0, crowded ? crowdedRounds + 1 : crowdedRounds - 1);
        if (busyRounds >= BUSY_ROUNDS && count < most) {
            change(1);
        } else if (calmRounds >= CALM_ROUNDS || crowdedRounds >= CALM_ROUNDS) {
            change(-1);
        }
        return count;
    }

    private void change(int by) {
        count += by;
        busyRounds = 0;
        calmRounds = 0;
        crowdedRounds = 0;
    }
}
