package sherd.bench.engine;

import java.io.IOException;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import sherd.bench.frame.BenchException;
import sherd.bench.side.ProcFs;

/**
 * What keys take in this process: as many are written twice, and what the second half added is divided by its keys, so
 * that what a store takes once does not count. Needs a heap that is all in memory from the start, since else garbage
 * would count as the store's.
 */
public final class Footprint {
    static final String ENGINE = "engine";

    private static final Pattern LINE = Pattern.compile("footprint heap=(-?[0-9.]+) outside=(-?[0-9.]+)");

    /** Bytes a key, key and value included. */
    record Found(double heap, double outside) {
        static Found parse(String printed) {
            var found = LINE.matcher(printed);
            if (!found.find()) {
                throw new BenchException("no footprint in what was printed: " + printed);
            }
            return new Found(Double.parseDouble(found.group(1)), Double.parseDouble(found.group(2)));
        }
    }

    private Footprint() {}

    public static void main(String[] args) throws IOException {
        long keys = Long.parseLong(args[1]);
        if (args[0].equals(ENGINE)) {
            var engine = new EngineBench();
            engine.start();
            print(keys, first -> engine.fill(first, keys));
            engine.close();
        } else {
            try (var map = Peer.valueOf(args[0]).open(2 * keys)) {
                print(keys, first -> {
                    for (long key = first; key < first + keys; key++) {
                        map.put(key);
                    }
                });
            }
        }
    }

    private static void print(long keys, LongConsumer filler) {
        filler.accept(0);
        long heapBefore = heapBytes();
        long allBefore = ProcFs.anonymousBytes(ProcessHandle.current().pid());
        filler.accept(keys);
        long heap = heapBytes() - heapBefore;
        long outside = ProcFs.anonymousBytes(ProcessHandle.current().pid()) - allBefore;
        System.out.printf(
                Locale.ROOT, "footprint heap=%.1f outside=%.1f%n", (double) heap / keys, (double) outside / keys);
    }

    /** In use by what is reachable. */
    private static long heapBytes() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
