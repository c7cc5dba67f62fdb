package sherd.bench.side;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import sherd.bench.frame.BenchException;

/**
 * Debian's redis-benchmark, one test at a time, so that CPU can be told apart by test.
 *
 * @param threads of the load tool
 * @param keys random ones are drawn from as many
 */
public record RedisBenchmark(int clients, int threads, long keys, int valueBytes) implements LoadTool {
    private static final Pattern DONE = Pattern.compile("(\\d+) requests completed in");
    private static final Pattern RATE = Pattern.compile("throughput summary: ([0-9.]+) requests per second");
    private static final Pattern SUMMARY =
            Pattern.compile("avg\\s+min\\s+p50\\s+p95\\s+p99\\s+max\\s+" + "([0-9.]+)\\s+".repeat(5) + "([0-9.]+)");
    private static final Pattern PERCENTILE = Pattern.compile("([0-9.]+)% <= ([0-9.]+) milliseconds");
    private static final double NEARLY_ALL = 99.9;

    @Override
    public LoadResult run(Side side, String test, int pipeline, long requests) {
        var command = new ArrayList<>(List.of("redis-benchmark"));
        add(command, "-h", side.resp().host());
        add(command, "-p", side.resp().port());
        add(command, "-t", test);
        add(command, "-c", clients);
        add(command, "-d", valueBytes);
        add(command, "-r", keys);
        add(command, "-P", pipeline);
        add(command, "-n", Math.max(requests, (long) pipeline * clients));
        add(command, "--precision", 3);
        if (threads > 1) {
            add(command, "--threads", threads);
        }
        long serverBefore = ProcFs.cpuMicros(side.pid());
        long childrenBefore = ProcFs.endedChildrenCpuMicros();
        var text = Tool.output(command);
        long clientMicros = ProcFs.endedChildrenCpuMicros() - childrenBefore;
        long serverMicros = ProcFs.cpuMicros(side.pid()) - serverBefore;
        return parse(text, serverMicros, clientMicros);
    }

    private static void add(List<String> command, String option, Object value) {
        command.add(option);
        command.add(String.valueOf(value));
    }

    static LoadResult parse(String text, long serverMicros, long clientMicros) {
        var done = DONE.matcher(text);
        var rate = RATE.matcher(text);
        var summary = SUMMARY.matcher(text);
        if (!done.find() || !rate.find() || !summary.find()) {
            throw new BenchException("redis-benchmark did not finish: "
                    + text.substring(Math.max(0, text.length() - 500)).strip());
        }
        return new LoadResult(
                Long.parseLong(done.group(1)),
                Double.parseDouble(rate.group(1)),
                Double.parseDouble(summary.group(3)),
                Double.parseDouble(summary.group(5)),
                nearlyAll(text),
                serverMicros,
                clientMicros);
    }

    /** The first of the percentiles it lists, from which on at most one in a thousand took longer. */
    private static double nearlyAll(String text) {
        var found = PERCENTILE.matcher(text);
        while (found.find()) {
            if (Double.parseDouble(found.group(1)) >= NEARLY_ALL) {
                return Double.parseDouble(found.group(2));
            }
        }
        throw new BenchException(
                String.format(Locale.ROOT, "redis-benchmark lists no percentile from %s on", NEARLY_ALL));
    }
}
