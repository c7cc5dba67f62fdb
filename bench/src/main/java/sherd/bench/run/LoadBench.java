package sherd.bench.run;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.ProcFs;
import sherd.bench.side.SherdNode;
import sherd.server.cli.NodeClient;

@Command(name = "load", description = "Log rows a node takes a second: lines of real text over HTTP.")
public final class LoadBench implements Callable<Integer> {
    private static final Metric ROWS = Metric.drawn("loaded", "rows/s", 0);
    private static final Metric BYTES = Metric.drawn("text", "MB/s", 1);
    private static final Metric SERVER = Metric.drawn("server CPU", "us/row", 2);
    private static final String TABLE = "/api/v1/tables/default/lines";

    @Option(names = "--rows", description = "Of one run; the text is repeated (default: ${DEFAULT-VALUE}).")
    private long rows = 4_000_000; // so long that each run has its share of checkpoints

    @Option(names = "--connections", split = ",", description = "Senders at once (default: 1,4).")
    private List<Integer> connections = List.of(1, 4);

    @Option(names = "--rounds", description = "Each into a new table (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--sync", description = "The node's log.sync (default: ${DEFAULT-VALUE}).")
    private String sync = "interval";

    @Mixin
    private NodeSettings settings = new NodeSettings();

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var text = LogText.find();
        var report = new Report(
                "load",
                "Log rows loaded over HTTP",
                Map.of("rows", Long.toString(rows), "rounds", Integer.toString(rounds), "sync", sync));
        try (var scratch = output.scratch();
                var node = settings.start(
                        scratch.folder("sherd"), settings.over("storage.memory-limit=4GiB", "log.sync=" + sync))) {
            for (int round = 0; round <= rounds; round++) {
                for (int senders : connections) {
                    measure(report, node, text.bodies(), senders, round - 1);
                }
                output.progress(round == 0 ? "warmed up" : "round " + round + " of " + rounds);
            }
        }
        report.note(String.format(
                Locale.ROOT,
                "text/plain, bodies of about 1 MiB, sync %s. %s.",
                sync,
                String.format(
                        Locale.ROOT,
                        "%,d lines, %.1f MB, repeated",
                        text.text().lines(),
                        text.text().bytes() / 1e6)));
        output.finish(report);
        return 0;
    }

    /** A negative round warms up and is not reported. */
    private void measure(Report report, SherdNode node, List<byte[]> bodies, int senders, int round) {
        try (var client = new NodeClient(URI.create("http://" + node.http()))) {
            LogText.makeTable(client, TABLE);
            long cpu = ProcFs.cpuMicros(node.pid());
            long began = System.nanoTime();
            var sent = sendAll(node, bodies, senders);
            double seconds = (System.nanoTime() - began) / 1e9;
            cpu = ProcFs.cpuMicros(node.pid()) - cpu;
            LogText.dropTable(client, TABLE);
            if (round >= 0) {
                var work = senders + (senders == 1 ? " connection" : " connections");
                report.add(work, node.name(), round, ROWS, sent.rows().get() / seconds);
                report.add(work, node.name(), round, BYTES, sent.bytes().get() / 1e6 / seconds);
                report.add(
                        work,
                        node.name(),
                        round,
                        SERVER,
                        (double) cpu / sent.rows().get());
            }
        }
    }

    private record Sent(AtomicLong rows, AtomicLong bytes) {}

    private Sent sendAll(SherdNode node, List<byte[]> bodies, int senders) {
        var sent = new Sent(new AtomicLong(), new AtomicLong());
        var next = new AtomicLong();
        try (var threads = Executors.newFixedThreadPool(senders)) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < senders; i++) {
                all.add(threads.submit(() -> {
                    try (var client = new NodeClient(URI.create("http://" + node.http()))) {
                        while (sent.rows().get() < rows) {
                            var body = bodies.get((int) (next.getAndIncrement() % bodies.size()));
                            sent.rows().addAndGet(LogText.append(client, TABLE, body));
                            sent.bytes().addAndGet(body.length);
                        }
                    }
                }));
            }
            for (var one : all) {
                one.get();
            }
            return sent;
        } catch (ExecutionException e) {
            throw new BenchException("loading failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while loading", e);
        }
    }
}
