package sherd.bench.side;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import sherd.bench.frame.BenchException;

/**
 * What Debian's wrk (HTTP/1.1) or h2load (HTTP/2) found.
 *
 * @param rate requests a second
 * @param clientMicros CPU of the load tool
 */
public record HttpLoad(long requests, double rate, long clientMicros) {
    private static final Pattern WRK_REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern WRK_RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern WRK_BAD = Pattern.compile("(Non-2xx or 3xx responses|Socket errors):.*");
    private static final Pattern H2_RATE = Pattern.compile("finished in [^,]+, ([0-9.]+) req/s");
    private static final Pattern H2_REQUESTS = Pattern.compile("status codes: (\\d+) 2xx, 0 3xx, 0 4xx, 0 5xx");

    /**
     * Runs wrk.
     *
     * @param script in Lua, which makes the requests
     */
    public static HttpLoad wrk(String url, Path script, int threads, int connections, double seconds) {
        long before = ProcFs.endedChildrenCpuMicros();
        var text = Tool.output(List.of(
                "wrk", "-t" + threads, "-c" + connections, "-d" + whole(seconds) + "s", "-s", script.toString(), url));
        return parseWrk(text, ProcFs.endedChildrenCpuMicros() - before);
    }

    static HttpLoad parseWrk(String text, long clientMicros) {
        var bad = WRK_BAD.matcher(text);
        if (bad.find()) {
            throw new BenchException("wrk was not served: " + bad.group());
        }
        return new HttpLoad(
                Long.parseLong(found("wrk", WRK_REQUESTS, text).group(1)),
                Double.parseDouble(found("wrk", WRK_RATE, text).group(1)),
                clientMicros);
    }

    /**
     * Runs h2load.
     *
     * @param urls a file with one a line; they are asked for in turn
     */
    public static HttpLoad h2load(Path urls, int connections, int streams, double seconds) {
        long before = ProcFs.endedChildrenCpuMicros();
        var text = Tool.output(List.of(
                "h2load", "-t1", "-c" + connections, "-m" + streams, "-D" + whole(seconds), "-i", urls.toString()));
        return parseH2load(text, ProcFs.endedChildrenCpuMicros() - before);
    }

    static HttpLoad parseH2load(String text, long clientMicros) {
        return new HttpLoad(
                Long.parseLong(found("h2load", H2_REQUESTS, text).group(1)),
                Double.parseDouble(found("h2load", H2_RATE, text).group(1)),
                clientMicros);
    }

    /** Both take whole seconds only. */
    private static String whole(double seconds) {
        return String.format(Locale.ROOT, "%d", Math.max(1, Math.round(seconds)));
    }

    private static MatchResult found(String tool, Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new BenchException(tool + " did not finish, or was refused: "
                    + text.substring(Math.max(0, text.length() - 900)).strip());
        }
        return matcher.toMatchResult();
    }
}
