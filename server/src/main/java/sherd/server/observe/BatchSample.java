package sherd.server.observe;

import org.jspecify.annotations.Nullable;

/**
 * A connection's use of its loop's stage clock. What the clock times is what one read brings, or a turn that was planned;
 * it ends when the replies are with the kernel, and when they have to wait, so does the sample.
 */
public final class BatchSample {
    private @Nullable StageClock clock;
    private StageClock.@Nullable Paused waiting;

    public void use(StageClock ofLoop) {
        clock = ofLoop;
    }

    /** As long as a sample waits, no other begins. */
    public void begin() {
        if (clock != null && waiting == null) {
            clock.begin(this);
        }
    }

    /** What the sample waited for may have come. */
    public void resume() {
        var waited = waiting;
        if (waited != null && clock != null) {
            waiting = null;
            clock.resume(waited, this);
        }
    }

    /** The same; if there is none that waits, one may begin. */
    public void resumeOrBegin() {
        if (waiting == null) {
            begin();
        } else {
            resume();
        }
    }

    /** Whether the batch at hand is being timed. */
    public boolean running() {
        return clock != null && clock.running(this);
    }

    public void lap(Stage stage) {
        if (clock != null) {
            clock.lap(stage);
        }
    }

    public void count(int commands) {
        if (clock != null) {
            clock.count(commands);
        }
    }

    /** All that could be written was. */
    public void end(boolean waits) {
        if (clock == null || !clock.running(this)) {
            return;
        }
        clock.lap(Stage.REPLY);
        if (waits) {
            waiting = clock.pause();
        } else {
            clock.end();
        }
    }

    /** What a sample waits for will not come. */
    public void drop() {
        waiting = null;
    }
}
