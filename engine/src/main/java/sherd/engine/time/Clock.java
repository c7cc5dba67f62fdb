package sherd.engine.time;

/** Two readings of time: one that people agree on and that may jump, one that only measures how long things take. */
public interface Clock {
    /** Milliseconds since 1970, as rows, expiries and file names use them. May jump, also backwards. */
    long epochMillis();

    /** Nanoseconds since an arbitrary moment. Never goes back; only differences mean something. */
    long nanoTime();
}
