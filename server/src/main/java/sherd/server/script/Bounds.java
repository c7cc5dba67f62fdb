package sherd.server.script;

import java.util.concurrent.atomic.AtomicLong;
import sherd.engine.time.Clock;

/**
 * What a run may use up: instructions, bytes of the heap, time. Instructions are those of the virtual machine; work
 * inside a function that grows with its input counts as instructions too. Bytes only add up: what a script drops still
 * counts, which keeps the bound deterministic.
 */
public final class Bounds {
    public static final long INSTRUCTIONS = 5_000_000;
    public static final long BYTES = 64 << 20;
    public static final long MILLIS = 5_000;

    private static final long CHECK_TIME = 1 << 12;
    private static final long GRANT = 1 << 20;
    /** All scripts of the process together leave the rest of the heap alone. */
    private static final long SHARED_BYTES = Runtime.getRuntime().maxMemory() / 3;

    private static final AtomicLong SHARED = new AtomicLong();

    private final Clock clock;
    private long instructions;
    private long checkAt;
    private long bytes;
    private long granted;
    private long endsAt;

    public Bounds(Clock clock) {
        this.clock = clock;
    }

    void start() {
        end();
        instructions = 0;
        checkAt = CHECK_TIME;
        bytes = 0;
        endsAt = clock.epochMillis() + MILLIS;
    }

    void end() {
        SHARED.addAndGet(-granted);
        granted = 0;
    }

    /** Counts work. */
    public void work(long steps) {
        instructions += steps;
        if (instructions >= checkAt) {
            check();
        }
    }

    /** Before something that may take long, however little it is asked. */
    public void checkTime() {
        if (clock.epochMillis() > endsAt) {
            throw new BoundReachedError("exceeded " + MILLIS + " ms");
        }
    }

    private void check() {
        if (instructions > INSTRUCTIONS) {
            throw new BoundReachedError("exceeded " + INSTRUCTIONS + " instructions");
        }
        checkTime();
        checkAt = Math.min(instructions + CHECK_TIME, INSTRUCTIONS + 1);
    }

    /** Counts memory, before it is taken. */
    public void allocate(long size) {
        bytes += size;
        if (bytes > BYTES) {
            throw new BoundReachedError("exceeded " + BYTES + " bytes of memory");
        }
        if (bytes > granted) {
            grant();
        }
    }

    private void grant() {
        long more = Math.max(GRANT, bytes - granted);
        if (SHARED.addAndGet(more) > SHARED_BYTES) {
            SHARED.addAndGet(-more);
            throw new BoundReachedError("exceeded the memory that all scripts share, " + SHARED_BYTES + " bytes");
        }
        granted += more;
    }

    /** Since the run began. */
    double seconds() {
        return (clock.epochMillis() - (endsAt - MILLIS)) / 1e3;
    }

    long bytes() {
        return bytes;
    }
}
