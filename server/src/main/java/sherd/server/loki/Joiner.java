package sherd.server.loki;

import java.util.HashMap;
import java.util.Map;
import sherd.server.loki.logql.BinaryOperator;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.Labels;

/** Joins the values of two expressions. */
final class Joiner {
    private final Expr.Binary binary;
    private final BinaryOperator operator;

    private Joiner(Expr.Binary binary) {
        this.binary = binary;
        this.operator = binary.operator();
    }

    static Matrix join(Expr.Binary binary, Matrix left, Matrix right) {
        return new Joiner(binary).join(left, right);
    }

    private Matrix join(Matrix left, Matrix right) {
        var leftNumber = left.scalar();
        var rightNumber = right.scalar();
        if (operator.logical()) {
            if (leftNumber != null || rightNumber != null) {
                throw LokiException.bad("unexpected literal for " + operator.sign() + ", which joins series only");
            }
            return logical(left, right);
        }
        if (leftNumber != null && rightNumber != null) {
            return Matrix.scalar(left.points(), number(leftNumber, rightNumber, true));
        }
        if (rightNumber != null) {
            return withNumber(left, rightNumber, false);
        }
        return leftNumber != null ? withNumber(right, leftNumber, true) : vectors(left, right);
    }

    /** A comparison gives 1 or 0. */
    private double number(double left, double right, boolean asNumber) {
        var comparison = operator.comparison();
        if (comparison.isPresent() && asNumber) {
            return comparison.get().holds(left, right) ? 1 : 0;
        }
        return switch (operator) {
            case PLUS -> left + right;
            case MINUS -> left - right;
            case TIMES -> left * right;
            case DIVIDE -> right == 0 ? Double.NaN : left / right;
            case MODULO -> right == 0 ? Double.NaN : left % right;
            case POWER -> Math.pow(left, right);
            default -> left;
        };
    }

    /** Whether a comparison that filters lets these stand. */
    private boolean stands(double left, double right) {
        return binary.bool()
                || operator.comparison().map(c -> c.holds(left, right)).orElse(true);
    }

    private Matrix withNumber(Matrix series, double number, boolean numberIsLeft) {
        var result = new Matrix(series.points());
        boolean filters = operator.comparison().isPresent() && !binary.bool();
        series.all().forEach((labels, values) -> {
            for (int i = 0; i < series.points(); i++) {
                if (!values.has(i)) {
                    continue;
                }
                double left = numberIsLeft ? number : values.get(i);
                double right = numberIsLeft ? values.get(i) : number;
                if (stands(left, right)) {
                    result.series(labels).set(i, filters ? values.get(i) : number(left, right, true));
                }
            }
        });
        return result;
    }

    private Labels key(Labels labels) {
        return binary.matching().map(matching -> matching.of(labels)).orElse(labels);
    }

    private Matrix vectors(Matrix left, Matrix right) {
        var result = new Matrix(left.points());
        var rights = byKey(right, "right");
        var lefts = byKey(left, "left");
        boolean filters = operator.comparison().isPresent() && !binary.bool();
        lefts.forEach((key, labels) -> {
            var other = rights.get(key);
            if (other == null) {
                return;
            }
            var mine = left.series(labels);
            var theirs = right.series(other);
            for (int i = 0; i < left.points(); i++) {
                if (mine.has(i) && theirs.has(i) && stands(mine.get(i), theirs.get(i))) {
                    result.series(filters ? labels : key)
                            .set(i, filters ? mine.get(i) : number(mine.get(i), theirs.get(i), true));
                }
            }
        });
        return result;
    }

    private Map<Labels, Labels> byKey(Matrix matrix, String side) {
        var byKey = new HashMap<Labels, Labels>();
        for (var labels : matrix.sorted().keySet()) {
            var key = key(labels);
            if (byKey.put(key, labels) != null) {
                throw LokiException.bad("multiple matches for labels: found duplicate series on the " + side
                        + " hand-side for " + key + "; aggregate it, or match by more labels");
            }
        }
        return byKey;
    }

    private Matrix logical(Matrix left, Matrix right) {
        var result = new Matrix(left.points());
        for (int point = 0; point < left.points(); point++) {
            int at = point;
            var rights = new HashMap<Labels, Boolean>();
            right.all().forEach((labels, series) -> {
                if (series.has(at)) {
                    rights.put(key(labels), true);
                }
            });
            var lefts = new HashMap<Labels, Boolean>();
            left.all().forEach((labels, series) -> {
                if (!series.has(at)) {
                    return;
                }
                lefts.put(key(labels), true);
                boolean stays = operator == BinaryOperator.OR
                        || rights.containsKey(key(labels)) == (operator == BinaryOperator.AND);
                if (stays) {
                    result.series(labels).set(at, series.get(at));
                }
            });
            if (operator == BinaryOperator.OR) {
                right.all().forEach((labels, series) -> {
                    if (series.has(at) && !lefts.containsKey(key(labels))) {
                        result.series(labels).set(at, series.get(at));
                    }
                });
            }
        }
        return result;
    }
}
