package sherd.bench.run;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Filler;
import sherd.bench.side.RedisServer;
import sherd.bench.side.RedisServer.Persistence;
import sherd.bench.side.SherdNode;
import sherd.bench.side.Side;
import sherd.server.cli.NodeClient;
import sherd.server.cli.RespClient;

@Command(
        name = "recovery",
        description = "Restart after SIGKILL with many keys: from the log alone, and from a checkpoint.")
public final class RecoveryBench implements Callable<Integer> {
    private static final Metric READY = Metric.drawn("ready after", "s", 2);
    private static final Metric ROWS = Metric.drawn("recovered", "keys/s", 0);
    private static final Metric BYTES = Metric.shown("read", "MB/s", 0);
    private static final Metric SIZE = Metric.shown("on disk", "MB", 1);

    private static final int VALUE_BYTES = 64;
    private static final String NEVER = "1TiB";
    private static final String SOON = "1MiB";
    private static final long SOON_BYTES = 2L << 20;
    /** With sync os a write is acknowledged some milliseconds before the operating system has it. */
    private static final long LINGER_MILLIS = 500;

    private static final long WAIT_MILLIS = 120_000;
    private static final long POLL_MILLIS = 200;
    private static final Pattern LOG_BYTES = Pattern.compile("\"checkpoint_lsn\":\\d+,\"bytes\":(\\d+)");

    @Option(names = "--keys", description = "Written before (default: ${DEFAULT-VALUE}).")
    private long keys = 1_000_000;

    @Option(names = "--rounds", description = "Restarts of each (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Mixin
    private NodeSettings settings = new NodeSettings();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "recovery",
                "Restart after SIGKILL",
                Map.of("keys", Long.toString(keys), "rounds", Integer.toString(rounds)));
        try (var scratch = output.scratch()) {
            var sherd = scratch.folder("sherd");
            var redis = scratch.folder("redis");
            output.progress("log alone: writing " + keys + " keys");
            fillAndKill(node(sherd, NEVER));
            fillAndKill(RedisServer.start(redis, Persistence.SYSTEM));
            restart(report, "log alone", () -> node(sherd, NEVER), sherd, redis);
            output.progress("checkpoint: writing it");
            checkpoint(sherd);
            rewrite(redis);
            restart(report, "checkpoint", () -> node(sherd, NEVER), sherd, redis);
        }
        report.note(String.format(
                Locale.ROOT,
                "%,d keys of %d bytes with %d-byte values. Redis replays its append-only file, and in the place of a"
                        + " checkpoint has it rewritten as a snapshot. The time is that of a whole start.",
                keys,
                Filler.KEY_BYTES,
                VALUE_BYTES));
        output.finish(report);
        return 0;
    }

    private SherdNode node(Path data, String checkpoint) {
        return settings.start(data, settings.with("log.sync=os", "log.checkpoint=" + checkpoint));
    }

    private void fillAndKill(Side side) {
        try (side) {
            Filler.fill(side.resp(), keys, VALUE_BYTES);
            Pause.millis(LINGER_MILLIS);
            side.kill();
        }
    }

    private void restart(Report report, String work, Supplier<Side> node, Path sherd, Path redis) {
        for (int round = 0; round < rounds; round++) {
            measure(report, work, round, node, sherd);
            measure(report, work, round, () -> RedisServer.start(redis, Persistence.SYSTEM), redis);
            output.progress(work + ": round " + (round + 1) + " of " + rounds);
        }
    }

    private void measure(Report report, String work, int round, Supplier<Side> start, Path folder) {
        long bytes = bytesUnder(folder);
        try (var side = start.get()) {
            double seconds = side.readyNanos() / 1e9;
            report.add(work, side.name(), round, READY, seconds);
            report.add(work, side.name(), round, ROWS, keys / seconds);
            report.add(work, side.name(), round, BYTES, bytes / 1e6 / seconds);
            report.add(work, side.name(), round, SIZE, bytes / 1e6);
            requireAllKeys(side);
            side.kill();
        }
    }

    private void requireAllKeys(Side side) {
        try (var client = new RespClient(side.resp())) {
            if (!client.call(List.of("DBSIZE")).shown().equals("(integer) " + keys)) {
                throw new BenchException(side.name() + " has lost keys: written=" + keys + " found="
                        + client.call(List.of("DBSIZE")).shown());
            }
        } catch (IOException e) {
            throw new BenchException("cannot ask " + side.name() + " how many keys it has: " + e, e);
        }
    }

    /** Runs the node until a checkpoint holds all but the last of the log. */
    private void checkpoint(Path data) {
        try (var node = node(data, SOON);
                var client = new NodeClient(URI.create("http://" + node.http()))) {
            awaitTrue("a checkpoint", () -> {
                var found = LOG_BYTES.matcher(client.get("/api/v1/status").body());
                return found.find() && Long.parseLong(found.group(1)) < SOON_BYTES;
            });
            node.kill();
        }
    }

    private static void rewrite(Path folder) {
        try (var redis = RedisServer.start(folder, Persistence.SYSTEM);
                var client = new RespClient(redis.resp())) {
            client.call(List.of("BGREWRITEAOF"));
            awaitTrue("the rewrite of the append-only file", () -> {
                var state = client.call(List.of("INFO", "persistence")).shown();
                return state.contains("aof_rewrite_in_progress:0") && state.contains("aof_rewrite_scheduled:0");
            });
        } catch (IOException e) {
            throw new BenchException("cannot have Redis rewrite its append-only file: " + e, e);
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void awaitTrue(String what, Condition condition) {
        long end = System.nanoTime() + WAIT_MILLIS * 1_000_000;
        try {
            while (!condition.holds()) {
                if (System.nanoTime() > end) {
                    throw new BenchException("waited " + WAIT_MILLIS + " ms for " + what + " in vain");
                }
                Pause.millis(POLL_MILLIS);
            }
        } catch (IOException e) {
            throw new BenchException("cannot ask whether there is " + what + ": " + e, e);
        }
    }

    private static long bytesUnder(Path folder) {
        long bytes = 0;
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw new BenchException("cannot measure " + folder + ": " + e, e);
        }
    }
}
