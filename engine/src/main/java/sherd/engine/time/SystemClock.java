package sherd.engine.time;

/** The machine's own clocks. */
public final class SystemClock implements Clock {
    @Override
    public long epochMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
