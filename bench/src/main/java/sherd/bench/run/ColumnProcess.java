package sherd.bench.run;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import sherd.bench.frame.BenchException;
import sherd.bench.side.ProcFs;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.disk.LocalDisk;
import sherd.engine.disk.Mappings;

/** Reads a column in one way, first once and then again and again, and says what that took. */
final class ColumnProcess {
    /** As large as a block of the dictionary, a page of keys, and a batch. */
    static final List<Integer> SIZES = List.of(1024, 4096, 24 << 10);

    private static final int READS = 20_000;
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
        var last = check(file, rows, reader);
        var nanos = new long[REPETITIONS];
        for (int i = 0; i < REPETITIONS; i++) {
            last = check(file, rows, reader);
            nanos[i] = last.nanos();
        }
        Arrays.sort(nanos);
        System.out.println(
                new Found(last.firstNanos(), nanos[REPETITIONS / 2], last.copied(), last.allocated(), last.growth())
                        .line());
        for (int bytes : SIZES) {
            System.out.println(way.isSherd() ? readAtRandom(file, bytes, way == ColumnReading.MAPPED) : 0);
        }
    }

    /** Nanoseconds of a read of so many bytes anywhere in the file, all of whose pages were read before. */
    private static double readAtRandom(Path file, int bytes, boolean mapped) throws IOException {
        var disk = new LocalDisk(ColumnReading.folderOf(file));
        var stats = new ReadStats();
        var mappings = new Mappings(mapped ? 1 : 0);
        try (var open = CheckedFile.open(disk, String.valueOf(file.getFileName()), mappings)) {
            for (long at = 0; at + bytes <= open.size(); at += bytes) {
                open.read(at, bytes, stats);
            }
            var nanos = new double[REPETITIONS];
            for (int i = 0; i < REPETITIONS; i++) {
                var random = new SplittableRandom(i);
                long began = System.nanoTime();
                for (int read = 0; read < READS; read++) {
                    open.read(random.nextLong(open.size() - bytes), bytes, stats);
                }
                nanos[i] = (double) (System.nanoTime() - began) / READS;
            }
            Arrays.sort(nanos);
            return nanos[REPETITIONS / 2];
        }
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
