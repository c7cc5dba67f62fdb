package sherd.bench.run;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Filler;
import sherd.bench.side.ProcFs;
import sherd.bench.side.RedisServer;
import sherd.bench.side.Side;

@Command(name = "memory", description = "Bytes a key beyond key and value, of all memory that the process takes.")
public final class MemoryBench implements Callable<Integer> {
    private static final Metric OVERHEAD = Metric.drawn("beyond key and value", "B/key", 1);
    private static final Metric GROWTH = Metric.shown("growth", "MB", 1);
    private static final Metric EMPTY = Metric.shown("empty", "MB", 1);
    private static final Metric FULL = Metric.shown("full", "MB", 1);

    private static final int VALUE_BYTES = 64;
    private static final long ROOM_PER_KEY = 320;
    private static final long LEAST_ROOM = 1L << 30;

    @Option(names = "--keys", description = "Written (default: ${DEFAULT-VALUE}).")
    private long keys = 1_000_000;

    @Option(names = "--rounds", description = "Each with fresh servers (default: ${DEFAULT-VALUE}).")
    private int rounds = 1;

    @Option(names = "--settle", description = "Milliseconds for background work to end (default: ${DEFAULT-VALUE}).")
    private long settleMillis = 3_000;

    @Mixin
    private NodeSettings settings = new NodeSettings();

    @Option(names = "--no-redis", description = "Only sherd.")
    private boolean noRedis;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "memory",
                "Memory of many small keys",
                Map.of("keys", Long.toString(keys), "rounds", Integer.toString(rounds)));
        try (var scratch = output.scratch()) {
            for (int round = 0; round < rounds; round++) {
                var room = "storage.memory-limit=" + Math.max(LEAST_ROOM, keys * ROOM_PER_KEY);
                measure(report, round, settings.start(scratch.folder("sherd"), settings.with("log.sync=os", room)));
                if (noRedis) {
                    continue;
                }
                measure(report, round, RedisServer.start(scratch.folder("redis"), RedisServer.Persistence.OFF));
            }
        }
        report.note(String.format(
                Locale.ROOT,
                "Keys of %d bytes, values of %d. Anonymous resident memory (Pss_Anon of smaps_rollup) of the whole process,"
                        + " heap, code and buffers included; what the empty server takes is not counted.",
                Filler.KEY_BYTES,
                VALUE_BYTES));
        output.finish(report);
        return 0;
    }

    private void measure(Report report, int round, Side server) {
        try (var side = server) {
            output.progress("writing " + keys + " keys to " + side.name());
            Pause.millis(settleMillis);
            long empty = ProcFs.anonymousBytes(side.pid());
            Filler.fill(side.resp(), keys, VALUE_BYTES);
            Pause.millis(settleMillis);
            long full = ProcFs.anonymousBytes(side.pid());
            var work = String.format(Locale.ROOT, "%,d keys", keys);
            double growth = full - empty;
            report.add(work, side.name(), round, OVERHEAD, growth / keys - Filler.KEY_BYTES - VALUE_BYTES);
            report.add(work, side.name(), round, GROWTH, growth / 1e6);
            report.add(work, side.name(), round, EMPTY, empty / 1e6);
            report.add(work, side.name(), round, FULL, full / 1e6);
        }
    }
}
