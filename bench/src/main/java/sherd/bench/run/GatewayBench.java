package sherd.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.Filler;
import sherd.bench.side.HttpLoad;
import sherd.bench.side.Nginx;
import sherd.bench.side.ProcFs;
import sherd.bench.side.SherdNode;

@Command(
        name = "gateway",
        header =
                "Operations over HTTP: in batches beside single requests (wrk), and over HTTP/2 beside nginx (h2load).",
        description =
                "The batch gateway with 64 operations a request beside the same operations as single requests, both"
                        + " over HTTP/1.1 with wrk; then single GETs over HTTP/2 with h2load, beside nginx, if it is installed,"
                        + " serving a file of as many bytes.")
public final class GatewayBench implements Callable<Integer> {
    private static final Metric RATE = Metric.drawn("throughput", "operations/s", 0);
    private static final Metric SERVER = Metric.drawn("server CPU", "us/operation", 2);
    private static final Metric CLIENT = Metric.shown("load tool CPU", "us/operation", 2);

    private static final String BATCHES = "batches";
    private static final String SINGLE = "single requests";
    private static final int VALUE_BYTES = 64;
    private static final int WRK_THREADS = 2;
    private static final int WRK_CONNECTIONS = 64;
    private static final int STREAMS = 32;
    private static final int URLS = 10_000;
    private static final long SEED = 1;

    /** Requests are made beforehand: a load tool that formats text while it measures leaves no CPU to the server. */
    @SuppressWarnings("InlineFormatString") // a program reads better on its own
    private static final String SCRIPT = """
            local batch, write, keys, value = %d, %b, %d, string.rep("v", %d)
            local made, at = {}, 0
            local json = {["Content-Type"] = "application/json"}
            local function key() return string.format("key:%%012d", math.random(0, keys - 1)) end
            local function single()
              local path = "/api/v1/tables/default/kv/rows/" .. key()
              if write then return wrk.format("PUT", path, json, '{"value":"' .. value .. '"}') end
              return wrk.format("GET", path)
            end
            local function many()
              local ops = {}
              for i = 1, batch do
                if write then ops[i] = '{"op":"set","key":"' .. key() .. '","value":"' .. value .. '"}'
                else ops[i] = '{"op":"get","key":"' .. key() .. '"}' end
              end
              local body = '{"table":"default.kv","ops":[' .. table.concat(ops, ",") .. ']}'
              return wrk.format("POST", "/api/v1/shard", json, body)
            end
            local threads = 0
            function setup(thread) threads = threads + 1; thread:set("seed", threads) end
            function init(args)
              math.randomseed(seed)
              for i = 1, 1000 do made[i] = batch > 1 and many() or single() end
            end
            function request()
              at = at %% #made + 1
              return made[at]
            end
            """;

    @Option(names = "--rounds", description = "Each runs every side once (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--seconds", description = "Length of one run, in whole seconds (default: ${DEFAULT-VALUE}).")
    private double seconds = 3;

    @Option(names = "--warm-up", description = "Rounds that are not counted (default: ${DEFAULT-VALUE}).")
    private int warmUp = 1;

    @Option(names = "--keys", description = "Written before, and drawn from (default: ${DEFAULT-VALUE}).")
    private long keys = 1_000_000;

    @Option(names = "--batch", description = "Operations of one request (default: ${DEFAULT-VALUE}).")
    private int batch = 64;

    @Option(names = "--connections", description = "Of h2load (default: ${DEFAULT-VALUE}).")
    private int connections = 32;

    @Mixin
    private NodeSettings settings = new NodeSettings();

    @Mixin
    private Output output = new Output();

    /** One side of one comparison. */
    private record Run(String work, String side, int operations, Supplier<HttpLoad> load, LongSupplier cpu) {}

    @Override
    public Integer call() {
        var report = new Report("gateway", "Operations over HTTP", parameters());
        try (var scratch = output.scratch();
                var node = settings.start(scratch.folder("sherd"), settings.over("log.sync=os"));
                var nginx = Nginx.start(scratch.folder("nginx"), VALUE_BYTES).orElse(null)) {
            output.progress("writing " + keys + " keys");
            Filler.fill(node.resp(), keys, VALUE_BYTES);
            var runs = runs(scratch.folder("scripts"), node, Optional.ofNullable(nginx));
            for (int round = -warmUp; round < rounds; round++) {
                for (var run : runs) {
                    measure(report, run, round);
                }
                output.progress(round < 0 ? "warmed up" : "round " + (round + 1) + " of " + rounds);
            }
            note(report, nginx);
        }
        output.finish(report);
        return 0;
    }

    private void note(Report report, @Nullable Nginx nginx) {
        report.note("Batches are of " + batch + " operations. wrk with " + WRK_THREADS + " threads and "
                + WRK_CONNECTIONS
                + " connections, h2load with " + connections + " connections of " + STREAMS + " streams; " + VALUE_BYTES
                + "-byte values, " + keys + " keys, random.");
        if (nginx == null) {
            report.note("nginx is not installed here.");
        }
    }

    private Map<String, String> parameters() {
        return Map.of(
                "rounds", Integer.toString(rounds),
                "seconds", Double.toString(seconds),
                "keys", Long.toString(keys),
                "batch", Integer.toString(batch),
                "connections", Integer.toString(connections),
                "set", settings.toString());
    }

    private List<Run> runs(Path folder, SherdNode node, Optional<Nginx> nginx) {
        var base = "http://" + node.http();
        LongSupplier cpu = () -> ProcFs.cpuMicros(node.pid());
        var runs = new ArrayList<Run>();
        for (boolean write : new boolean[] {false, true}) {
            var work = (write ? "SET" : "GET") + ", HTTP/1.1";
            var many = script(folder, batch, write, keys, VALUE_BYTES);
            runs.add(new Run(work, BATCHES, batch, () -> wrk(base, many), cpu));
            var single = script(folder, 1, write, keys, VALUE_BYTES);
            runs.add(new Run(work, SINGLE, 1, () -> wrk(base, single), cpu));
        }
        var ours = list(folder, node.name(), urls(base, keys));
        runs.add(new Run("GET, HTTP/2", node.name(), 1, () -> h2load(ours), cpu));
        nginx.ifPresent(peer -> {
            var theirs = list(folder, Nginx.NAME, List.of(peer.url()));
            runs.add(new Run("GET, HTTP/2", Nginx.NAME, 1, () -> h2load(theirs), peer::cpuMicros));
        });
        return runs;
    }

    /** Rows whose keys are random. */
    static List<String> urls(String base, long keys) {
        var urls = new ArrayList<String>();
        var random = new SplittableRandom(SEED);
        for (int i = 0; i < URLS; i++) {
            urls.add(String.format(
                    Locale.ROOT, "%s/api/v1/tables/default/kv/rows/key:%012d", base, random.nextLong(keys)));
        }
        return urls;
    }

    private HttpLoad wrk(String url, Path script) {
        return HttpLoad.wrk(url, script, WRK_THREADS, WRK_CONNECTIONS, seconds);
    }

    private HttpLoad h2load(Path urls) {
        return HttpLoad.h2load(urls, connections, STREAMS, seconds);
    }

    /** What wrk sends: requests of so many operations. */
    static Path script(Path folder, int operations, boolean write, long keys, int valueBytes) {
        var text = String.format(Locale.ROOT, SCRIPT, operations, write, keys, valueBytes);
        return list(folder, (write ? "set-" : "get-") + operations + ".lua", List.of(text));
    }

    static Path list(Path folder, String name, List<String> lines) {
        try {
            return Files.write(folder.resolve(name), lines);
        } catch (IOException e) {
            throw new BenchException("cannot write what the load tool reads: " + e, e);
        }
    }

    /** A negative round warms up and is not reported. */
    private void measure(Report report, Run run, int round) {
        long before = run.cpu().getAsLong();
        var load = run.load().get();
        double server = run.cpu().getAsLong() - before;
        if (round < 0) {
            return;
        }
        double operations = (double) load.requests() * run.operations();
        report.add(run.work(), run.side(), round, RATE, load.rate() * run.operations());
        report.add(run.work(), run.side(), round, SERVER, server / operations);
        report.add(run.work(), run.side(), round, CLIENT, load.clientMicros() / operations);
        output.progress(
                String.format(Locale.ROOT, "%s, %s: %,.0f/s", run.work(), run.side(), load.rate() * run.operations()));
    }
}
