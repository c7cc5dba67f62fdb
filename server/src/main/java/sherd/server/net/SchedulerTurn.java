package sherd.server.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Tells Linux which threads can wait. The JVM does not pass priorities on, and a thread that works for milliseconds
 * would keep an I/O thread that wakes up beside it waiting for as long as its turn lasts.
 *
 * <p>A thread of batch policy puts off nobody when it wakes, and one of longer turns than usual is put off at once when
 * another wakes (Linux 6.12 and newer). It gets its share of the time all the same, so a checkpoint ends where all cores
 * are busy. No rights are needed; where the kernel does not know this, or refuses it, nothing changes.
 */
public final class SchedulerTurn {
    private static final int BATCH = 3;
    private static final int NICE = 10;
    private static final long PATIENT_NANOS = 100_000_000; // the longest there is
    /** A few usual turns: kernels before 6.17 let a thread end its own before one that was put off goes on. */
    private static final long LONG_NANOS = 10_000_000;

    /** Of {@code struct sched_attr}: size, policy, flags, nice, priority, turn; two more that stay 0. */
    private static final int ATTRIBUTE_BYTES = 48;

    private static final int POLICY_AT = 4;
    private static final int NICE_AT = 16;
    private static final int TURN_AT = 24;

    private static final long THIS_THREAD = 0;
    private static final Path THREADS = Path.of("/proc/self/task");
    /** As the kernel has their names, of 15 letters at the most. */
    private static final List<String> COMPILERS = List.of("C1 Compiler", "C2 Compiler");

    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG);

    private SchedulerTurn() {}

    /** The calling thread has long work that may wait: the longest turns, and a low weight. Whether the kernel took it. */
    public static boolean patient() {
        return set(THIS_THREAD, NICE, PATIENT_NANOS);
    }

    /** The calling thread has a little work, now and then, that may wait for who serves: longer turns. */
    public static boolean givesWay() {
        return set(THIS_THREAD, 0, LONG_NANOS);
    }

    /** The same for the JVM's compilers as they are now. Returns how many the kernel took it for. */
    public static int compilersGiveWay() {
        int taken = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (var thread : threads) {
                if (isCompiler(thread)
                        && set(Long.parseLong(thread.getFileName().toString()), 0, LONG_NANOS)) {
                    taken++;
                }
            }
        } catch (IOException e) {
            return taken; // no such folder but on Linux
        }
        return taken;
    }

    private static boolean isCompiler(Path thread) {
        try {
            var name = Files.readString(thread.resolve("comm"), StandardCharsets.ISO_8859_1);
            return COMPILERS.stream().anyMatch(name::startsWith);
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private static boolean set(long thread, int nice, long turnNanos) {
        int number = systemCall();
        var syscall = CLibrary.variadic("syscall", TYPE);
        if (number < 0 || syscall.isEmpty()) {
            return false;
        }
        try (var arena = Arena.ofConfined()) {
            var attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.set(ValueLayout.JAVA_INT, 0, ATTRIBUTE_BYTES);
            attributes.set(ValueLayout.JAVA_INT, POLICY_AT, BATCH);
            attributes.set(ValueLayout.JAVA_INT, NICE_AT, nice);
            attributes.set(ValueLayout.JAVA_LONG, TURN_AT, turnNanos);
            return call(syscall.get(), number, thread, attributes) == 0;
        }
    }

    private static long call(MethodHandle handle, long number, long thread, MemorySegment attributes) {
        try {
            return (long) handle.invokeExact(number, thread, attributes, 0L);
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
