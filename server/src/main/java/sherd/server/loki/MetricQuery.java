package sherd.server.loki;

import java.util.Optional;
import java.util.function.UnaryOperator;
import sherd.engine.route.ShardedTable;
import sherd.server.loki.logql.AggregateFunction;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.Labels;

/** Answers an expression for numbers at points in time. */
final class MetricQuery {
    private final Optional<ShardedTable> table;
    private final LogReader reader;
    private final Steps steps;
    private final LokiLimits limits;

    MetricQuery(Optional<ShardedTable> table, LogReader reader, Steps steps, LokiLimits limits) {
        this.table = table;
        this.reader = reader;
        this.steps = steps;
        this.limits = limits;
    }

    /** Blocks. */
    Matrix evaluate(Expr.Metric metric) {
        return switch (metric) {
            case Expr.Constant(double value, boolean vector) -> constant(value, vector);
            case Expr.Range range ->
                range(
                        range,
                        range.grouping()
                                .<UnaryOperator<Labels>>map(by -> by::of)
                                .orElse(UnaryOperator.identity()));
            case Expr.Aggregation aggregation -> aggregation(aggregation);
            case Expr.Binary binary -> Joiner.join(binary, evaluate(binary.left()), evaluate(binary.right()));
        };
    }

    private Matrix constant(double value, boolean vector) {
        if (!vector) {
            return Matrix.scalar(steps.count(), value);
        }
        var matrix = new Matrix(steps.count());
        for (int i = 0; i < steps.count(); i++) {
            matrix.series(Labels.EMPTY).set(i, value);
        }
        return matrix;
    }

    private Matrix aggregation(Expr.Aggregation aggregation) {
        if (aggregation.function() == AggregateFunction.SUM
                && aggregation.inner() instanceof Expr.Range range
                && sums(range)) {
            // The sum of sums: lines are counted under their group at once, so that series do not pile up.
            return range(
                    range,
                    labels -> aggregation
                            .grouping()
                            .map(grouping -> grouping.of(labels))
                            .orElse(Labels.EMPTY));
        }
        return Aggregator.aggregate(aggregation, evaluate(aggregation.inner()));
    }

    private static boolean sums(Expr.Range range) {
        return range.grouping().isEmpty()
                && switch (range.function()) {
                    case RATE, COUNT_OVER_TIME, BYTES_RATE, BYTES_OVER_TIME, SUM_OVER_TIME -> true;
                    case ABSENT_OVER_TIME,
                            AVG_OVER_TIME,
                            MIN_OVER_TIME,
                            MAX_OVER_TIME,
                            FIRST_OVER_TIME,
                            LAST_OVER_TIME -> false;
                };
    }

    private Matrix range(Expr.Range range, UnaryOperator<Labels> group) {
        var series = new RangeSeries(range, steps, limits, group);
        table.ifPresent(rows -> reader.read(rows, range.log(), series.from(), series.to(), false, series));
        return series.matrix();
    }
}
