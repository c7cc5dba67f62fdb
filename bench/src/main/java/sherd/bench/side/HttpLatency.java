package sherd.bench.side;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import sherd.bench.frame.BenchException;

/**
 * What clients of HTTP saw, in milliseconds: the load tools' own latencies beside their rate.
 *
 * @param rate requests a second
 */
public record HttpLatency(double rate, double p50, double p99) {
    private static final Pattern WRK = Pattern.compile("^\\s+(50|99)%\\s+([0-9.]+)(us|ms|s)$", Pattern.MULTILINE);
    private static final double NANOS_A_MICRO = 1_000;
    private static final double NEARLY_ALL = 0.99;

    /** Of wrk, which runs a script in Lua. */
    public static HttpLatency wrk(String url, Path script, int threads, int connections, int seconds) {
        return parseWrk(Tool.output(List.of(
                "wrk",
                "--latency",
                "-t" + threads,
                "-c" + connections,
                "-d" + seconds + "s",
                "-s",
                script.toString(),
                url)));
    }

    static HttpLatency parseWrk(String text) {
        double p50 = Double.NaN;
        double p99 = Double.NaN;
        for (var found : WRK.matcher(text).results().toList()) {
            double millis = Double.parseDouble(found.group(2)) * unit(found.group(3));
            if (found.group(1).equals("50")) {
                p50 = millis;
            } else {
                p99 = millis;
            }
        }
        if (Double.isNaN(p50) || Double.isNaN(p99)) {
            throw new BenchException("wrk lists no latencies: " + text.strip());
        }
        return new HttpLatency(HttpLoad.parseWrk(text, 0).rate(), p50, p99);
    }

    private static double unit(String word) {
        return switch (word) {
            case "us" -> 1 / NANOS_A_MICRO;
            case "ms" -> 1;
            default -> NANOS_A_MICRO;
        };
    }

    /**
     * Of h2load, which keeps a line for each request.
     *
     * @param urls a file with one a line; they are asked for in turn
     * @param log where the lines go, a file that is not there yet
     */
    public static HttpLatency h2load(Path urls, Path log, int connections, int streams, int seconds) {
        var text = Tool.output(List.of(
                "h2load",
                "-t1",
                "-c" + connections,
                "-m" + streams,
                "-D" + seconds,
                "-i",
                urls.toString(),
                "--log-file=" + log));
        double rate = HttpLoad.parseH2load(text, 0).rate();
        try {
            var found = parseH2load(Files.readAllLines(log), rate);
            Files.delete(log);
            return found;
        } catch (IOException e) {
            throw new BenchException("h2load has left no log of its requests: " + e, e);
        }
    }

    /** Lines of when a request was sent, its status, and how many microseconds it took. */
    static HttpLatency parseH2load(List<String> lines, double rate) {
        var micros = lines.stream()
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf('\t') + 1)))
                .sorted()
                .toArray();
        if (micros.length == 0) {
            throw new BenchException("h2load has logged no request");
        }
        return new HttpLatency(
                rate,
                micros[micros.length / 2] / NANOS_A_MICRO,
                micros[(int) (micros.length * NEARLY_ALL)] / NANOS_A_MICRO);
    }
}
