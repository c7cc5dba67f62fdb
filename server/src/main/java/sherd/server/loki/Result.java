package sherd.server.loki;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import sherd.server.loki.logql.Labels;
import tools.jackson.core.JsonGenerator;

/** What a query found, here or elsewhere. */
sealed interface Result {
    /** Lines, in the order they are shown in. */
    record Streams(List<LogEntry> entries) implements Result {
        public Streams {
            entries = List.copyOf(entries);
        }
    }

    /** Series over several points, or at one. */
    record Samples(boolean vector, List<Row> rows) implements Result {
        public Samples {
            rows = List.copyOf(rows);
        }
    }

    record Scalar(long nanos, String value) implements Result {}

    record Row(Labels labels, List<Sample> samples) {
        public Row {
            samples = List.copyOf(samples);
        }
    }

    record Sample(long nanos, String value) {}

    /** Of series over points. */
    static Result matrix(Matrix matrix, Steps steps) {
        var number = matrix.scalar();
        var rows = new ArrayList<Row>();
        if (number != null) {
            var samples = new ArrayList<Sample>();
            for (int i = 0; i < steps.count(); i++) {
                samples.add(new Sample(steps.at(i), text(number)));
            }
            return new Samples(false, List.of(new Row(Labels.EMPTY, samples)));
        }
        matrix.sorted().forEach((labels, series) -> {
            var samples = new ArrayList<Sample>();
            for (int i = 0; i < steps.count(); i++) {
                if (series.has(i)) {
                    samples.add(new Sample(steps.at(i), text(series.get(i))));
                }
            }
            rows.add(new Row(labels, samples));
        });
        return new Samples(false, rows);
    }

    /** A number without exponent, as Go writes it. */
    static String text(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
            return Long.toString((long) value);
        }
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** Seconds, with milliseconds if there are any. */
    static void time(JsonGenerator json, long nanos) {
        long millis = Nanos.toMillis(nanos);
        if (millis % 1000 == 0) {
            json.writeNumber(millis / 1000);
        } else {
            json.writeNumber(BigDecimal.valueOf(millis, 3));
        }
    }
}
