package sherd.server.loki;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import sherd.server.loki.logql.Labels;

/** Series by their labels, or one number that is the same everywhere. */
final class Matrix {
    private final Map<Labels, Series> series = new LinkedHashMap<>();
    private final int points;
    private final @Nullable Double scalar;

    Matrix(int points) {
        this(points, null);
    }

    private Matrix(int points, @Nullable Double scalar) {
        this.points = points;
        this.scalar = scalar;
    }

    static Matrix scalar(int points, double value) {
        return new Matrix(points, value);
    }

    /** The number, null if this is series. */
    @Nullable
    Double scalar() {
        return scalar;
    }

    int points() {
        return points;
    }

    Series series(Labels labels) {
        return series.computeIfAbsent(labels, _ -> new Series(points));
    }

    @Nullable
    Series find(Labels labels) {
        return series.get(labels);
    }

    Map<Labels, Series> all() {
        return series;
    }

    /** In the order of their labels, without those that have no value. */
    Map<Labels, Series> sorted() {
        var sorted = new TreeMap<Labels, Series>();
        series.forEach((labels, values) -> {
            if (!values.isEmpty()) {
                sorted.put(labels, values);
            }
        });
        return sorted;
    }

    /** With every value changed. */
    Matrix map(DoubleUnaryOperator change) {
        var changed = new Matrix(points);
        series.forEach((labels, values) -> {
            var target = changed.series(labels);
            for (int i = 0; i < points; i++) {
                if (values.has(i)) {
                    target.set(i, change.applyAsDouble(values.get(i)));
                }
            }
        });
        return changed;
    }
}
