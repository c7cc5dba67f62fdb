package sherd.server.resp;

import org.jspecify.annotations.Nullable;
import sherd.server.observe.Stage;
import sherd.server.observe.StageClock;

/**
 * A connection's use of its loop's stage clock. What the clock times is what one read brings, or a turn that was planned;
 * it ends when the replies are with the kernel, and when they have to wait, so does the sample.
 */
final class BatchSample {
    private @Nullable StageClock clock;
    private StageClock.@Nullable Paused waiting;

    void use(StageClock ofLoop) {
        clock = ofLoop;
    }

    /** As long as a sample waits, no other begins. */
    void begin() {
        if (clock != null && waiting == null) {
            clock.begin(this);
        }
    }

    /** What the sample waited for may have come; if there is none, one may begin. */
    void resume() {
        var waited = waiting;
        if (waited == null) {
            begin();
        } else if (clock != null) {
            waiting = null;
            clock.resume(waited, this);
        }
    }

    void lap(Stage stage) {
        if (clock != null) {
            clock.lap(stage);
        }
    }

    void count(int commands) {
        if (clock != null) {
            clock.count(commands);
        }
    }

    /** All that could be written was. */
    void end(boolean waits) {
        if (clock == null || !clock.running()) {
            return;
        }
        clock.lap(Stage.REPLY);
        if (waits) {
            waiting = clock.pause();
        } else {
            clock.end();
        }
    }
}
