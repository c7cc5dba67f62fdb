package sherd.engine;

import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.time.Clock;

/** Ends a scan that takes too long. One owner. */
final class Deadline {
    private static final int CHECK_EVERY = 1024;

    private final Clock clock;
    private final long millis;
    private final long started;
    private long steps;

    Deadline(Clock clock, long millis) {
        this.clock = clock;
        this.millis = millis;
        started = clock.nanoTime();
    }

    /** One row further; looks at the clock now and then. */
    void step() {
        if (++steps % CHECK_EVERY == 0) {
            check();
        }
    }

    void check() {
        if (clock.nanoTime() - started > millis * 1_000_000) {
            throw new StoreException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the query took too long: deadline=" + millis
                            + "ms; narrow its range of time, or filter by a word");
        }
    }
}
