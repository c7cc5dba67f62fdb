package sherd.bench.side;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import sherd.bench.frame.BenchException;

/** What Linux counts of a process. */
public final class ProcFs {
    /** What the kernel shows to programs, whatever it counts in inside. */
    private static final long MICROS_A_TICK = 10_000;

    /** Counted from the state, the first field after the name, which may itself hold blanks and parentheses. */
    private static final int UTIME = 11;

    private static final int STIME = 12;
    private static final int CUTIME = 13;
    private static final int CSTIME = 14;

    private ProcFs() {}

    /** Time on a CPU since its start, in user code and in the kernel, of all its threads. */
    public static long cpuMicros(long pid) {
        var fields = stat(Long.toString(pid));
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * MICROS_A_TICK;
    }

    /** The same of all children of this process that have ended and were waited for. */
    public static long endedChildrenCpuMicros() {
        var fields = stat("self");
        return (Long.parseLong(fields[CUTIME]) + Long.parseLong(fields[CSTIME])) * MICROS_A_TICK;
    }

    private static String[] stat(String process) {
        var text = read(Path.of("/proc", process, "stat"));
        return text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    }

    /** Resident memory that is the process's own and not the copy of a file, such as code. */
    public static long anonymousBytes(long pid) {
        return field(Path.of("/proc", Long.toString(pid), "smaps_rollup"), "Pss_Anon:");
    }

    /** All resident memory, at most, since the start or {@link #resetPeak}. */
    public static long residentPeakBytes(long pid) {
        return field(status(pid), "VmHWM:");
    }

    /** Pages of files that are resident, program and libraries included. */
    public static long residentFileBytes(long pid) {
        return field(status(pid), "RssFile:");
    }

    private static Path status(long pid) {
        return Path.of("/proc", Long.toString(pid), "status");
    }

    /** From now on, of this process. */
    public static void resetPeak() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException e) {
            throw new BenchException("cannot reset the peak of resident memory; this needs Linux: " + e, e);
        }
    }

    /** What the system has copied to the process for its reads, from caches or devices. */
    public static long copiedBytes(long pid) {
        return read(Path.of("/proc", Long.toString(pid), "io"))
                .lines()
                .filter(line -> line.startsWith("rchar:"))
                .mapToLong(line -> Long.parseLong(line.substring(6).strip()))
                .sum();
    }

    /** Mappings of files whose path has a part. */
    public static long mappings(long pid, String part) {
        return read(Path.of("/proc", Long.toString(pid), "maps"))
                .lines()
                .filter(line -> line.contains(part))
                .count();
    }

    /** All resident memory. */
    public static long residentBytes(long pid) {
        return field(Path.of("/proc", Long.toString(pid), "smaps_rollup"), "Rss:");
    }

    private static long field(Path file, String name) {
        return read(file)
                .lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> Long.parseLong(
                                line.substring(name.length()).replace("kB", "").strip())
                        << 10)
                .orElseThrow(
                        () -> new BenchException("no " + name + " in " + file + "; this needs Linux 5.9 or newer"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new BenchException("cannot read " + file + "; has the process ended? " + e, e);
        }
    }
}
