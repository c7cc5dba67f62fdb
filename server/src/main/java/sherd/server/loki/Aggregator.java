package sherd.server.loki;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sherd.server.loki.logql.AggregateFunction;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.Labels;

/** Makes one series of each group of series, point by point. */
final class Aggregator {
    private record Member(Labels labels, Series series) {}

    private final Expr.Aggregation aggregation;
    private final Map<Labels, List<Member>> groups = new HashMap<>();
    private final int points;

    private Aggregator(Expr.Aggregation aggregation, Matrix inner) {
        this.aggregation = aggregation;
        this.points = inner.points();
        inner.sorted()
                .forEach((labels, series) -> groups.computeIfAbsent(groupOf(labels), _ -> new ArrayList<>())
                        .add(new Member(labels, series)));
    }

    static Matrix aggregate(Expr.Aggregation aggregation, Matrix inner) {
        if (inner.scalar() != null) {
            throw LokiException.bad("an aggregation needs series, not a number");
        }
        return new Aggregator(aggregation, inner).run();
    }

    private Labels groupOf(Labels labels) {
        return aggregation.grouping().map(grouping -> grouping.of(labels)).orElse(Labels.EMPTY);
    }

    private Matrix run() {
        var result = new Matrix(points);
        groups.forEach((labels, members) -> {
            for (int point = 0; point < points; point++) {
                int at = point;
                var present = members.stream()
                        .filter(member -> member.series().has(at))
                        .toList();
                if (present.isEmpty()) {
                    continue;
                }
                if (aggregation.function().selects()) {
                    select(present, at)
                            .forEach(member -> result.series(member.labels())
                                    .set(at, member.series().get(at)));
                } else {
                    result.series(labels).set(at, reduce(present, at));
                }
            }
        });
        return result;
    }

    private List<Member> select(List<Member> members, int point) {
        if (!aggregation.function().counted()) {
            return members;
        }
        Comparator<Member> ascending =
                Comparator.comparingDouble(member -> member.series().get(point));
        boolean top = aggregation.function() == AggregateFunction.TOPK;
        return members.stream()
                .sorted(top ? ascending.reversed() : ascending)
                .limit(aggregation.count())
                .toList();
    }

    private double reduce(List<Member> members, int point) {
        double sum = 0;
        double least = Double.NaN;
        double most = Double.NaN;
        double mean = 0;
        double squares = 0;
        int count = 0;
        for (var member : members) {
            double value = member.series().get(point);
            count++;
            sum += value;
            least = Double.isNaN(least) || value < least ? value : least;
            most = Double.isNaN(most) || value > most ? value : most;
            double delta = value - mean;
            mean += delta / count;
            squares += delta * (value - mean);
        }
        return switch (aggregation.function()) {
            case SUM -> sum;
            case AVG -> sum / count;
            case MIN -> least;
            case MAX -> most;
            case COUNT -> count;
            case STDVAR -> squares / count;
            case STDDEV -> Math.sqrt(squares / count);
            case TOPK, BOTTOMK, SORT, SORT_DESC -> throw new IllegalStateException("selects, does not reduce");
        };
    }
}
