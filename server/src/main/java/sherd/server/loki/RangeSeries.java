package sherd.server.loki;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.Labels;
import sherd.server.loki.logql.LogLine;
import sherd.server.loki.logql.MatchOp;
import sherd.server.loki.logql.RangeFunction;

/**
 * Makes series of the lines of a range aggregation as they come, in any order. A line counts at every point whose range
 * it is in: after the range's start, up to and with its end.
 */
final class RangeSeries implements LogReader.Sink {
    private static final double NANOS_A_SECOND = 1e9;

    /** What is known of the lines in the ranges of a series. Sums of whole numbers are kept as differences. */
    private static final class Cells {
        final long[] counts;
        final double[] values;
        final long @Nullable [] times;

        Cells(int points, boolean timed) {
            counts = new long[points + 1];
            values = new double[points + 1];
            times = timed ? new long[points] : null;
        }
    }

    private final Expr.Range range;
    private final Steps steps;
    private final LokiLimits limits;
    private final UnaryOperator<Labels> group;
    private final Map<Labels, Cells> series = new HashMap<>();
    private final Map<Labels, Labels> groups = new HashMap<>();

    /** @param group the labels to count a line under */
    RangeSeries(Expr.Range range, Steps steps, LokiLimits limits, UnaryOperator<Labels> group) {
        this.range = range;
        this.steps = steps;
        this.limits = limits;
        this.group = group;
    }

    /** First nanosecond that is in a range. */
    long from() {
        return Nanos.add(steps.start(), -range.rangeNanos() - range.offsetNanos() + 1);
    }

    /** First nanosecond that is no longer in one. */
    long to() {
        return Nanos.add(steps.last(), -range.offsetNanos() + 1);
    }

    @Override
    public void line(LogLine line, long id) {
        double value;
        if (range.unwrap().isPresent()) {
            OptionalDouble found = range.unwrap().get().value(line);
            if (found.isEmpty()) {
                return;
            }
            value = found.getAsDouble();
        } else {
            value = switch (range.function()) {
                case BYTES_OVER_TIME, BYTES_RATE -> utf8Length(line.text());
                default -> 1;
            };
        }
        if (line.failed()) {
            throw failed(line);
        }
        long nanos = Nanos.add(line.nanos(), range.offsetNanos());
        int first = steps.from(nanos);
        int end = steps.from(Nanos.add(nanos, range.rangeNanos()));
        if (first < end) {
            add(cells(groupOf(line)), first, end, value, nanos);
        }
    }

    /** Most lines of a stream have its labels, whose group is looked up and not made again. */
    private Labels groupOf(LogLine line) {
        var labels = line.labels();
        var known = groups.get(labels);
        if (known == null) {
            var own = range.unwrap().isPresent()
                    ? labels.without(java.util.List.of(range.unwrap().get().label()))
                    : labels;
            known = group.apply(own);
            if (groups.size() < limits.series()) {
                groups.put(labels, known);
            }
        }
        return known;
    }

    private Cells cells(Labels labels) {
        var found = series.get(labels);
        if (found == null) {
            if (series.size() == limits.series() || (series.size() + 1L) * steps.count() > limits.cells()) {
                throw LokiException.bad("maximum of series (" + series.size()
                        + ") reached for a single query; consider reducing query cardinality by adding more specific"
                        + " stream selectors, reducing the time range, or aggregating results with functions like sum,"
                        + " count or topk");
            }
            boolean timed = range.function() == RangeFunction.FIRST_OVER_TIME
                    || range.function() == RangeFunction.LAST_OVER_TIME;
            found = new Cells(steps.count(), timed);
            series.put(labels, found);
        }
        return found;
    }

    private void add(Cells cells, int first, int end, double value, long nanos) {
        boolean whole = range.unwrap().isEmpty();
        if (whole) {
            cells.counts[first]++;
            cells.counts[end]--;
            cells.values[first] += value;
            cells.values[end] -= value;
            return;
        }
        for (int i = first; i < end; i++) {
            boolean fresh = cells.counts[i]++ == 0;
            switch (range.function()) {
                case MIN_OVER_TIME -> cells.values[i] = fresh ? value : Math.min(cells.values[i], value);
                case MAX_OVER_TIME -> cells.values[i] = fresh ? value : Math.max(cells.values[i], value);
                case FIRST_OVER_TIME -> takeIf(cells, i, fresh || nanos < time(cells, i), value, nanos);
                case LAST_OVER_TIME -> takeIf(cells, i, fresh || nanos >= time(cells, i), value, nanos);
                default -> cells.values[i] += value;
            }
        }
    }

    private static long time(Cells cells, int point) {
        return cells.times == null ? 0 : cells.times[point];
    }

    private static void takeIf(Cells cells, int point, boolean taken, double value, long nanos) {
        if (taken && cells.times != null) {
            cells.values[point] = value;
            cells.times[point] = nanos;
        }
    }

    /** The series, when all lines have come. */
    Matrix matrix() {
        var matrix = new Matrix(steps.count());
        if (range.function() == RangeFunction.ABSENT_OVER_TIME) {
            return absent(matrix);
        }
        boolean whole = range.unwrap().isEmpty();
        double seconds = range.rangeNanos() / NANOS_A_SECOND;
        series.forEach((labels, cells) -> {
            var target = matrix.series(labels);
            long count = 0;
            double sum = 0;
            for (int i = 0; i < steps.count(); i++) {
                count = whole ? count + cells.counts[i] : cells.counts[i];
                sum = whole ? sum + cells.values[i] : cells.values[i];
                if (count > 0) {
                    target.set(
                            i,
                            switch (range.function()) {
                                case RATE, BYTES_RATE -> sum / seconds;
                                case AVG_OVER_TIME -> sum / count;
                                default -> sum;
                            });
                }
            }
        });
        return matrix;
    }

    private Matrix absent(Matrix matrix) {
        var counts = new long[steps.count()];
        for (var cells : series.values()) {
            long count = 0;
            for (int i = 0; i < counts.length; i++) {
                count = range.unwrap().isEmpty() ? count + cells.counts[i] : cells.counts[i];
                counts[i] += count;
            }
        }
        var labels = Labels.EMPTY;
        for (var matcher : range.log().selector()) {
            labels = matcher.op() == MatchOp.EQUAL ? labels.with(matcher.name(), matcher.value()) : labels;
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) {
                matrix.series(labels).set(i, 1);
            }
        }
        return matrix;
    }

    private static int utf8Length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    private static LokiException failed(LogLine line) {
        var error = line.get(LogLine.ERROR);
        return LokiException.bad("pipeline error: '" + error + "' for series: '" + line.labels()
                + "'.\nUse a label filter to intentionally skip this error. (e.g | __error__!=\"" + error
                + "\").\nTo skip all potential errors you can match empty errors.(e.g __error__=\"\")");
    }
}
