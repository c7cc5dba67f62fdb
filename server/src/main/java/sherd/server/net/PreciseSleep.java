package sherd.server.net;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Tells Linux that a thread wants to be woken in time. By default a thread may sleep 50 us longer than it asked for, so
 * that its waking can be put together with that of others. No rights are needed.
 */
final class PreciseSleep {
    /** PR_SET_TIMERSLACK, of prctl. */
    private static final int SET_SLACK = 29;

    private static final long SLACK_NANOS = 1_000;

    private PreciseSleep() {}

    /** For the thread that calls it, from now on. Returns whether the kernel took it. */
    static boolean begin() {
        var prctl = CLibrary.variadic(
                "prctl", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        return prctl.isPresent() && call(prctl.get()) == 0;
    }

    private static int call(MethodHandle prctl) {
        try {
            return (int) prctl.invokeExact(SET_SLACK, SLACK_NANOS);
        } catch (Throwable e) {
            throw CLibrary.threw(e);
        }
    }
}
