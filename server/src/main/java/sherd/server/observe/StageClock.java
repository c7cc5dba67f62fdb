package sherd.server.observe;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The stop watch of one loop. A sampled batch begins; each {@link #lap} gives the time since the one before to a stage;
 * at the end the stages are counted. Only the loop's thread uses it, for one batch at a time, and while a batch waits for
 * something its time is taken along ({@link #pause}) and the watch is free for others.
 *
 * <p>Of each lap the cost of looking at the clock is taken off, else stages of many short laps would look longer than
 * they are when nobody looks.
 */
@SuppressWarnings({"EnumOrdinal", "ReferenceEquality"}) // a cell per stage; an owner is itself
public final class StageClock {
    static final int STAGES = Stage.values().length;
    /** Per class of the whole time: batches, commands, wall time, then the time of each stage. */
    static final int ROW = STAGES + 3;

    private final Stages stages;
    private final String door;
    private final long[] nanos = new long[STAGES];
    private boolean running;
    private @Nullable Object owner;
    private long began;
    private long last;
    private int commands;
    private int untilNext;
    private volatile @Nullable AtomicLongArray table;

    StageClock(Stages stages, String door) {
        this.stages = stages;
        this.door = door;
    }

    /** Whose batches it times. */
    String door() {
        return door;
    }

    /** A sampled batch that waits for something that its loop does not do. */
    public static final class Paused {
        private final long[] nanos;
        private final long began;
        private final long since;
        private final int commands;

        private Paused(long[] nanos, long began, long since, int commands) {
            this.nanos = nanos;
            this.began = began;
            this.since = since;
            this.commands = commands;
        }
    }

    /** Whether a batch is being timed. */
    public boolean running() {
        return running;
    }

    /** Whether it is a batch of {@code of} that is being timed. */
    boolean running(Object of) {
        return running && owner == of;
    }

    /** A batch of {@code of} begins, or goes on; whether it is timed is decided when it begins. */
    public void begin(Object of) {
        if (running || stages.sampling()) {
            beginIfDue(of);
        }
    }

    private void beginIfDue(Object of) {
        if (running && owner == of) {
            return;
        }
        running = false; // the end of that one never came
        if (stages.sampling() && --untilNext <= 0) {
            untilNext = stages.every();
            running = true;
            owner = of;
            Arrays.fill(nanos, 0);
            commands = 0;
            began = System.nanoTime();
            last = began;
        }
    }

    /** The time since the last lap was spent in this stage. */
    public void lap(Stage stage) {
        if (running) {
            stop(stage);
        }
    }

    private void stop(Stage stage) {
        long now = System.nanoTime();
        nanos[stage.ordinal()] += Math.max(0, now - last - stages.lookNanos());
        last = now;
    }

    /** So many commands of the batch are done. */
    public void count(int done) {
        commands += done;
    }

    /** The batch waits: null if it is not timed. */
    public @Nullable Paused pause() {
        if (!running) {
            return null;
        }
        running = false;
        owner = null;
        return new Paused(nanos.clone(), began, last, commands);
    }

    /** What a batch waited for has come. */
    public void resume(Paused paused, Object of) {
        System.arraycopy(paused.nanos, 0, nanos, 0, STAGES);
        began = paused.began;
        last = paused.since;
        commands = paused.commands;
        owner = of;
        running = true;
        stop(Stage.BACKEND_WAIT);
    }

    /** All replies of the batch are with the kernel. One without commands does not count. */
    public void end() {
        if (!running) {
            return;
        }
        running = false;
        owner = null;
        if (commands > 0) {
            record(table());
        }
    }

    private AtomicLongArray table() {
        var made = table;
        if (made == null) {
            made = new AtomicLongArray(Buckets.COUNT * ROW);
            table = made;
        }
        return made;
    }

    private void record(AtomicLongArray cells) {
        long whole = 0;
        for (long part : nanos) {
            whole += part;
        }
        int row = Buckets.of(whole) * ROW;
        add(cells, row, 1);
        add(cells, row + 1, commands);
        add(cells, row + 2, last - began);
        for (int i = 0; i < STAGES; i++) {
            add(cells, row + 3 + i, nanos[i]);
        }
    }

    private static void add(AtomicLongArray cells, int cell, long more) {
        cells.setOpaque(cell, cells.getPlain(cell) + more);
    }

    /** Adds what this clock has counted; any thread. */
    void addTo(long[] sums) {
        var cells = table;
        if (cells != null) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += cells.getOpaque(i);
            }
        }
    }
}
