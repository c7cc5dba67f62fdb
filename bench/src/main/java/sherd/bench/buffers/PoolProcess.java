package sherd.bench.buffers;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Takes and gives back buffers of one kind, many times, and says how long it took. */
public final class PoolProcess {
    /** So many are alive at a time: what is taken cannot stay in registers, and a pool has to give others meanwhile. */
    static final int ALIVE = 64;

    private static final int WARM_UPS = 20;
    private static final int REPETITIONS = 21;

    private PoolProcess() {}

    /**
     * What was found.
     *
     * @param nanos the median of the repetitions
     * @param collections of the heap, by repetition
     * @param allocated bytes of the heap, by repetition
     */
    public record Found(long nanos, double collections, double allocated) {
        String line() {
            return nanos + " " + collections + " " + allocated;
        }

        /** From the last line of what the process has printed. */
        public static Found parse(String printed) {
            var fields = printed.strip().lines().toList().getLast().split(" ", -1);
            return new Found(Long.parseLong(fields[0]), Double.parseDouble(fields[1]), Double.parseDouble(fields[2]));
        }
    }

    /** As tables have them; the first two are pools. */
    public static List<String> sides() {
        return Stream.of(BufferSource.Variant.values())
                .map(BufferSource.Variant::word)
                .toList();
    }

    /** Side, bytes of a buffer, buffers of a repetition. */
    public static void main(String[] args) {
        var variant = Stream.of(BufferSource.Variant.values())
                .filter(each -> each.word().equals(args[0]))
                .findFirst()
                .orElseThrow();
        System.out.println(HandlerProcess.onLoopThread(
                        () -> measure(variant, Integer.parseInt(args[1]), Integer.parseInt(args[2])))
                .line());
    }

    static Found measure(BufferSource.Variant variant, int bytes, int count) {
        try (var source = BufferSource.of(variant, ALIVE)) {
            for (int i = 0; i < WARM_UPS; i++) {
                check(run(source, bytes, count), count);
            }
            var nanos = new long[REPETITIONS];
            var before = Figures.now(0);
            for (int i = 0; i < REPETITIONS; i++) {
                long began = System.nanoTime();
                check(run(source, bytes, count), count);
                nanos[i] = System.nanoTime() - began;
            }
            var used = Figures.now(0).since(before);
            Arrays.sort(nanos);
            return new Found(
                    nanos[REPETITIONS / 2],
                    (double) used.collections() / REPETITIONS,
                    (double) used.allocated() / REPETITIONS);
        }
    }

    /** What was written into all buffers, added up. */
    private static long run(BufferSource source, int bytes, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            int slot = i % ALIVE;
            if (i >= ALIVE) {
                sum += source.give(slot, bytes);
            }
            source.take(slot, bytes, i);
        }
        for (int i = Math.max(0, count - ALIVE); i < count; i++) {
            sum += source.give(i % ALIVE, bytes);
        }
        return sum;
    }

    private static void check(long sum, int count) {
        long wanted = count * (count - 1L);
        if (sum != wanted) {
            throw new IllegalStateException("buffers lost what was written: sum=" + sum + " wanted=" + wanted);
        }
    }
}
