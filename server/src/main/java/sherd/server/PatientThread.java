package sherd.server;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import sherd.server.net.CLibrary;

/**
 * Tells Linux that a thread can wait. The JVM does not pass priorities on, and a thread that works for milliseconds
 * would keep an I/O thread that wakes up beside it waiting for as long as its turn lasts.
 *
 * <p>The thread asks for long turns and a low weight. Who wants shorter ones then goes first at once (Linux 6.12 and
 * newer), and where all cores are busy it still gets its share, so that a checkpoint ends. No rights are needed; where
 * the kernel does not know this, or refuses it, nothing changes.
 */
final class PatientThread {
    private static final int BATCH = 3;
    private static final int NICE = 10;
    private static final long TURN_NANOS = 100_000_000; // the longest there is

    /** Of {@code struct sched_attr}: size, policy, flags, nice, priority, turn; two more that stay 0. */
    private static final int ATTRIBUTE_BYTES = 48;

    private static final int POLICY_AT = 4;
    private static final int NICE_AT = 16;
    private static final int TURN_AT = 24;

    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG);

    private PatientThread() {}

    /** For the thread that calls it, from now on. Returns whether the kernel took it. */
    static boolean begin() {
        int number = systemCall();
        var syscall = CLibrary.variadic("syscall", TYPE);
        if (number < 0 || syscall.isEmpty()) {
            return false;
        }
        try (var arena = Arena.ofConfined()) {
            var attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, ATTRIBUTE_BYTES);
            attributes.set(ValueLayout.JAVA_INT, POLICY_AT, BATCH);
            attributes.set(ValueLayout.JAVA_INT, NICE_AT, NICE);
            attributes.set(ValueLayout.JAVA_LONG, TURN_AT, TURN_NANOS);
            return call(syscall.get(), number, attributes) == 0;
        }
    }

    private static long call(MethodHandle handle, long number, MemorySegment attributes) {
        try {
            return (long) handle.invokeExact(number, 0L, attributes, 0L);
        } catch (Throwable e) {
            throw CLibrary.threw(e);
        }
    }

    /** Of sched_setattr, which the C library does not offer everywhere; -1 if this is no Linux that we know. */
    private static int systemCall() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).equals("linux")) {
            return -1;
        }
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> 314;
            case "aarch64" -> 274;
            default -> -1;
        };
    }
}
