package sherd.server.net;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
        var address = Linker.nativeLinker().defaultLookup().find("prctl");
        return address.isPresent() && call(address.get()) == 0;
    }

    @SuppressWarnings("restricted") // the launcher allows native access
    private static int call(MemorySegment address) {
        var handle = Linker.nativeLinker()
                .downcallHandle(
                        address,
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
                        Linker.Option.firstVariadicArg(1));
        try {
            return (int) handle.invokeExact(SET_SLACK, SLACK_NANOS);
        } catch (Throwable e) {
            throw new IllegalStateException("a system call threw, which it cannot", e);
        }
    }
}
