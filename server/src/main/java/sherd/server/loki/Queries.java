package sherd.server.loki;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import sherd.server.loki.logql.AggregateFunction;
import sherd.server.loki.logql.Expr;

/** Answers queries from this node's rows. */
final class Queries {
    private final Scans scans;
    private final LokiTables tables;
    private final StreamCache cache;
    private final LokiLimits limits;

    Queries(Scans scans, LokiTables tables, StreamCache cache, LokiLimits limits) {
        this.scans = scans;
        this.tables = tables;
        this.cache = cache;
        this.limits = limits;
    }

    /** At one point in time. Blocks. */
    Result instant(LokiRequest request, Parameters given, Figures figures) {
        var query = given.query();
        if (!(query instanceof Expr.Metric metric)) {
            throw LokiException.bad("log queries are not supported as an instant query type, please change your query"
                    + " to a range query type");
        }
        var steps = Steps.instant(given.time());
        var matrix = evaluate(request, metric, steps, figures);
        var number = matrix.scalar();
        return number == null
                ? new Result.Samples(true, vector(matrix, steps, metric))
                : new Result.Scalar(steps.start(), Result.text(number));
    }

    /** Over a range of time. Blocks. */
    Result range(LokiRequest request, Parameters given, Figures figures) {
        given.requireOrder();
        given.requireNo("interval");
        return switch (given.query()) {
            case Expr.Log log -> new Result.Streams(lines(request, log, given, figures));
            case Expr.Metric metric -> {
                var steps = Steps.range(given.start(), given.end(), given.step(), limits.points());
                yield Result.matrix(evaluate(request, metric, steps, figures), steps);
            }
        };
    }

    /** Lines of this node, in the order asked for. */
    List<LogEntry> lines(LokiRequest request, Expr.Log log, Parameters given, Figures figures) {
        boolean newestFirst = given.newestFirst();
        var lines = new Lines(given.limit(limits.entries()), limits.answerBytes(), newestFirst);
        tables.find(request.tenant())
                .ifPresent(table ->
                        reader(request, figures).read(table, log, given.start(), given.end(), newestFirst, lines));
        return lines.entries();
    }

    private LogReader reader(LokiRequest request, Figures figures) {
        return new LogReader(scans, cache, limits, figures, request.reader());
    }

    private Matrix evaluate(LokiRequest request, Expr.Metric metric, Steps steps, Figures figures) {
        return new MetricQuery(tables.find(request.tenant()), reader(request, figures), steps, limits).evaluate(metric);
    }

    private static List<Result.Row> vector(Matrix matrix, Steps steps, Expr.Metric metric) {
        record Valued(Result.Row row, double value) {}
        var rows = new ArrayList<Valued>();
        matrix.sorted()
                .forEach((labels, series) -> rows.add(new Valued(
                        new Result.Row(labels, List.of(new Result.Sample(steps.start(), Result.text(series.get(0))))),
                        series.get(0))));
        if (metric instanceof Expr.Aggregation aggregation
                && aggregation.function().selects()) {
            var ascending = Comparator.comparingDouble(Valued::value);
            boolean up = aggregation.function() == AggregateFunction.SORT
                    || aggregation.function() == AggregateFunction.BOTTOMK;
            rows.sort(up ? ascending : ascending.reversed());
        }
        return rows.stream().map(Valued::row).toList();
    }
}
