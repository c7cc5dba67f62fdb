package sherd.bench.side;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import sherd.bench.frame.BenchException;

/**
 * What a node says of where its time went.
 *
 * @param batches timed
 * @param p99Micros what one batch in a hundred takes at least
 * @param stages by name, in the order of the request's way
 */
public record Attribution(long batches, double p99Micros, Map<String, Stage> stages) {
    private static final String NUMBER = "([-+0-9.Ee]+)";
    private static final Pattern BATCHES = Pattern.compile("\"batches\":(\\d+)");
    private static final Pattern P99 = Pattern.compile("\"p99_us\":" + NUMBER);
    private static final Pattern STAGE = Pattern.compile("\\{\"stage\":\"(\\w+)\",\"us\":" + NUMBER
            + ",\"us_per_command\":" + NUMBER + ",\"cpu_share\":" + NUMBER + ",\"p99_share\":" + NUMBER + "\\}");

    /** Shares are from 0 to 1. */
    public record Stage(double microsPerCommand, double cpuShare, double p99Share) {}

    /**
     * Samples for so long.
     *
     * @param door {@code resp} or {@code http}
     */
    public static Attribution of(SherdNode node, String door, int seconds) {
        var path = "/debug/attribution?seconds=" + seconds + "&door=" + door;
        return parse(NodeHttp.get(node, path, Duration.ofSeconds(seconds + 60L)));
    }

    static Attribution parse(String json) {
        var batches = BATCHES.matcher(json);
        var p99 = P99.matcher(json);
        var stages = new LinkedHashMap<String, Stage>();
        STAGE.matcher(json)
                .results()
                .forEach(found -> stages.put(
                        found.group(1),
                        new Stage(
                                Double.parseDouble(found.group(3)),
                                Double.parseDouble(found.group(4)),
                                Double.parseDouble(found.group(5)))));
        if (!batches.find() || !p99.find() || stages.isEmpty()) {
            throw new BenchException("no stages in the answer '" + json + "'");
        }
        return new Attribution(Long.parseLong(batches.group(1)), Double.parseDouble(p99.group(1)), stages);
    }
}
