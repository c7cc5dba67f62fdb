package sherd.bench.run;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import sherd.bench.frame.BenchException;
import sherd.bench.side.ProcFs;

/** Reads a column in one way, first once and then again and again, and says what that took. */
final class ColumnProcess {
    private static final int WARM_UPS = 300;
    private static final int REPETITIONS = 9;
    private static final long SELF = ProcessHandle.current().pid();

    private ColumnProcess() {}

    /**
     * What was found of one reading, or the median of several.
     *
     * @param firstNanos until the first value was there
     * @param copied bytes that the system copied to this process
     * @param allocated bytes of the heap
     * @param growth of resident memory at its peak, pages of the mapped file included
     */
    record Found(long firstNanos, long nanos, long copied, long allocated, long growth) {
        String line() {
            return firstNanos + " " + nanos + " " + copied + " " + allocated + " " + growth;
        }

        static Found parse(String line) {
            var fields = Arrays.stream(line.split(" ", -1))
                    .mapToLong(Long::parseLong)
                    .toArray();
            return new Found(fields[0], fields[1], fields[2], fields[3], fields[4]);
        }
    }

    /** Way, a small file, its rows, the file, its rows. */
    public static void main(String[] args) throws IOException {
        var way = ColumnReading.of(args[0]);
        var small = Path.of(args[1]);
        var file = Path.of(args[3]);
        for (int i = 0; i < WARM_UPS; i++) {
            check(small, Integer.parseInt(args[2]), taker -> way.read(small, taker));
        }
        int rows = Integer.parseInt(args[4]);
        System.gc();
        System.out.println(check(file, rows, taker -> way.read(file, taker)).line());
        var reader = way.keep(file);
        check(file, rows, reader);
        var nanos = new long[REPETITIONS];
        Found last = null;
        for (int i = 0; i < REPETITIONS; i++) {
            last = check(file, rows, reader);
            nanos[i] = last.nanos();
        }
        Arrays.sort(nanos);
        System.out.println(
                new Found(last.firstNanos(), nanos[REPETITIONS / 2], last.copied(), last.allocated(), last.growth())
                        .line());
    }

    private static Found check(Path file, int rows, ColumnReading.Reader reader) throws IOException {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ProcFs.resetPeak();
        long resident = ProcFs.residentPeakBytes(SELF);
        long copied = ProcFs.copiedBytes(SELF);
        long allocated = threads.getCurrentThreadAllocatedBytes();
        var sum = new long[2];
        long began = System.nanoTime();
        reader.read(part -> {
            if (sum[1] == 0) {
                sum[1] = System.nanoTime() - began;
            }
            sum[0] += part;
        });
        long nanos = System.nanoTime() - began;
        if (sum[0] != ColumnFile.sum(rows)) {
            throw new BenchException("the column adds up to something else: file=" + file + " sum=" + sum[0]);
        }
        return new Found(
                sum[1],
                nanos,
                ProcFs.copiedBytes(SELF) - copied,
                threads.getCurrentThreadAllocatedBytes() - allocated,
                ProcFs.residentPeakBytes(SELF) - resident);
    }
}
