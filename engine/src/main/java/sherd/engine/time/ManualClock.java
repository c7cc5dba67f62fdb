package sherd.engine.time;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is told to move: for tests and the simulator. Its two readings move together,
 * except that {@link #jumpTo} sets the wall alone, as an operator or a time server does.
 */
public final class ManualClock implements Clock {
    private final AtomicLong epochMillis;
    private final AtomicLong nanos = new AtomicLong();

    public ManualClock(long epochMillis) {
        this.epochMillis = new AtomicLong(epochMillis);
    }

    @Override
    public long epochMillis() {
        return epochMillis.get();
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    public void advanceMillis(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("time does not run backwards: millis=" + millis + "; use jumpTo");
        }
        epochMillis.addAndGet(millis);
        nanos.addAndGet(Math.multiplyExact(millis, 1_000_000L));
    }

    public void jumpTo(long newEpochMillis) {
        epochMillis.set(newEpochMillis);
    }
}
