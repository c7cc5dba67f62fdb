package sherd.bench.frame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * The figures of one run of a benchmark. The first side named is compared with each of the others.
 *
 * <p>A ratio is the median of the rounds' ratios, not the ratio of medians: rounds of one number ran next to each other,
 * so what slows the machine for a while slows both and falls out.
 */
public final class Report {
    private final String name;
    private final String title;
    private final List<String> notes = new ArrayList<>();
    private final Map<String, String> parameters;
    private final List<Sample> samples = new ArrayList<>();

    public Report(String name, String title, Map<String, String> parameters) {
        this.name = name;
        this.title = title;
        this.parameters = Map.copyOf(parameters);
    }

    /** One that was kept as JSON. */
    public static Report read(Path file) throws IOException {
        return ReportJson.read(Files.readString(file));
    }

    public void add(String work, String side, int round, Metric metric, double value) {
        samples.add(new Sample(work, side, round, metric, value));
    }

    /** A sentence that is shown below the table. */
    public void note(String sentence) {
        notes.add(sentence);
    }

    public String name() {
        return name;
    }

    public String title() {
        return title;
    }

    List<String> notes() {
        return notes;
    }

    Map<String, String> parameters() {
        return parameters;
    }

    List<Sample> samples() {
        return samples;
    }

    public List<String> works() {
        return distinct(Sample::work);
    }

    public List<String> sides() {
        return distinct(Sample::side);
    }

    List<Metric> metrics() {
        return distinct(Sample::metric);
    }

    /** The first of that name. */
    public Metric metric(String called) {
        return metrics().stream()
                .filter(metric -> metric.name().equals(called))
                .findFirst()
                .orElseThrow(() -> new BenchException("the report " + name + " has no metric " + called));
    }

    private <T> List<T> distinct(Function<Sample, T> part) {
        return samples.stream().map(part).distinct().toList();
    }

    /** Empty if that side has no such figure. */
    public OptionalDouble median(String work, String side, Metric metric) {
        return median(rounds(work, side, metric).stream().mapToDouble(Sample::value));
    }

    /** Empty if the two have no round in common, or one with nothing to divide by. */
    public OptionalDouble ratio(String work, String side, String other, Metric metric) {
        var mine = rounds(work, side, metric);
        var theirs = rounds(work, other, metric);
        return median(mine.stream()
                .flatMapToDouble(sample -> theirs.stream()
                        .filter(peer -> peer.round() == sample.round() && peer.value() != 0)
                        .mapToDouble(peer -> sample.value() / peer.value())));
    }

    private List<Sample> rounds(String work, String side, Metric metric) {
        return samples.stream()
                .filter(sample -> sample.work().equals(work)
                        && sample.side().equals(side)
                        && sample.metric().equals(metric))
                .toList();
    }

    private static OptionalDouble median(DoubleStream values) {
        var sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = sorted.length / 2;
        return OptionalDouble.of(sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
    }
}
