package sherd.bench.run;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.bench.side.FileProcess;
import sherd.bench.side.FileSide;
import sherd.bench.side.ProcFs;
import sherd.bench.side.SherdNode;
import sherd.server.cli.NodeClient;

@Command(
        name = "archive-send",
        header = "A segment to a client: by the system, by HTTP/2, by readAllBytes, by a buffer.",
        description = {
            "Fetches a segment of a node again and again over loopback, and the same file from small programs that send it"
                    + " with nothing around it, each in a JVM of its own that is started for the round; the file is in the"
                    + " system's cache. CPU time is the server's, user code and kernel, the client's not included; on"
                    + " loopback the kernel's work for the receiver is partly the sender's.",
            "Memory is the growth of the resident peak from before the first download to the end."
        })
public final class ArchiveSendBench implements Callable<Integer> {
    private static final Metric CPU = Metric.drawn("CPU time", "us/MB", 0);
    private static final Metric PEAK = Metric.drawn("memory at its peak", "MB", 1);
    private static final Metric RATE = Metric.shown("rate", "MB/s", 0);
    private static final Metric FIRST = Metric.shown("first byte", "ms", 2);

    private static final String TABLE = "/api/v1/tables/logs/app";
    private static final Pattern NAME = Pattern.compile("\"name\":\"([^\"]+)\"[^}]*\"size_bytes\":(\\d+)");
    private static final String WORK = "a segment over loopback";
    private static final int BUFFER = 256 << 10;

    @Option(names = "--megabytes", description = "Of text in the segment (default: ${DEFAULT-VALUE}).")
    private long megabytes = 150;

    @Option(names = "--downloads", description = "Of each way and round (default: ${DEFAULT-VALUE}).")
    private int downloads = 200;

    @Option(names = "--warm-up", description = "Downloads that are not counted (default: ${DEFAULT-VALUE}).")
    private int warmUp = 100;

    @Option(names = "--rounds", description = "JVMs of each way (default: ${DEFAULT-VALUE}).")
    private int rounds = 4;

    @Mixin
    private Output output = new Output();

    private record Sent(String name, Path file, long size) {
        String path() {
            return TABLE + "/segments/" + name;
        }
    }

    @Override
    public Integer call() {
        var report = new Report(
                "archive-send",
                "A segment to a client",
                Map.of(
                        "megabytes", Long.toString(megabytes),
                        "downloads", Integer.toString(downloads),
                        "rounds", Integer.toString(rounds)));
        try (var scratch = output.scratch()) {
            var data = scratch.folder("data");
            output.progress("writing the segment");
            var sent = write(data);
            for (int round = 0; round < rounds; round++) {
                try (var node = start(data);
                        var client = Downloads.http1(node.http(), sent.path())) {
                    measure(report, round, "sherd over HTTP/1.1", node.pid(), client, sent);
                }
                try (var node = start(data);
                        var client = Downloads.http2(node.http(), sent.path())) {
                    measure(report, round, "sherd over HTTP/2", node.pid(), client, sent);
                }
                for (var way : FileProcess.Way.values()) {
                    try (var side = FileSide.start(
                                    way, sent.file(), scratch.folder("side").resolve("err"));
                            var client = Downloads.raw(side.resp())) {
                        measure(report, round, way.word(), side.pid(), client, sent);
                    }
                }
                output.progress("round " + (round + 1) + " of " + rounds);
            }
            report.note(String.format(
                    Locale.ROOT,
                    "A segment of real log lines, %.1f MB as a file, %d times on one connection after %d to warm up.",
                    sent.size() / 1e6,
                    downloads,
                    warmUp));
        }
        output.finish(report);
        return 0;
    }

    private static SherdNode start(Path data) {
        return SherdNode.start(data, List.of("archive.merge-width=0", "log.sync=os", "listen.threads=1"));
    }

    /** Makes the segment; the node that did so has ended. */
    private Sent write(Path data) {
        var bodies = LogText.find().bodies();
        try (var node = start(data);
                var client = new NodeClient(URI.create("http://" + node.http()))) {
            LogText.makeTable(client, TABLE);
            long bytes = 0;
            for (int i = 0; bytes < megabytes << 20; i++) {
                var body = bodies.get(i % bodies.size());
                LogText.append(client, TABLE, body);
                bytes += body.length;
            }
            LogText.archive(client, TABLE);
            var listed = NAME.matcher(
                    LogText.send(() -> client.get(TABLE + "/segments")).body());
            Sent largest = null;
            while (listed.find()) {
                long size = Long.parseLong(listed.group(2));
                if (largest == null || size > largest.size()) {
                    largest = new Sent(listed.group(1), data.resolve("segments").resolve(listed.group(1)), size);
                }
            }
            return Objects.requireNonNull(largest, "no segment");
        }
    }

    private void measure(Report report, int round, String side, long pid, Downloads client, Sent sent) {
        var buffer = new byte[BUFFER];
        long memory = ProcFs.residentBytes(pid);
        for (int i = 0; i < warmUp; i++) {
            client.fetch(buffer, sent.size());
        }
        long cpu = ProcFs.cpuMicros(pid);
        long waited = 0;
        long began = System.nanoTime();
        for (int i = 0; i < downloads; i++) {
            long asked = System.nanoTime();
            waited += client.fetch(buffer, sent.size()) - asked;
        }
        long took = System.nanoTime() - began;
        double megabytesSent = downloads * sent.size() / 1e6;
        report.add(WORK, side, round, CPU, (ProcFs.cpuMicros(pid) - cpu) / megabytesSent);
        report.add(WORK, side, round, PEAK, (ProcFs.residentPeakBytes(pid) - memory) / 1e6);
        report.add(WORK, side, round, RATE, megabytesSent * 1e9 / took);
        report.add(WORK, side, round, FIRST, waited / 1e6 / downloads);
    }
}
