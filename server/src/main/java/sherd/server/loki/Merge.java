package sherd.server.loki;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import sherd.server.loki.logql.Labels;

/** Makes one answer of those of several servers: each label set gets the name of its server as label {@code cluster}. */
final class Merge {
    private static final String CLUSTER = "cluster";

    private final LokiLimits limits;
    private final Parameters given;

    Merge(LokiLimits limits, Parameters given) {
        this.limits = limits;
        this.given = given;
    }

    Found merge(Question question, Map<String, Found> answers) {
        return switch (question) {
            case QUERY, QUERY_RANGE -> queries(answers);
            case SERIES -> series(answers);
            default -> texts(question, answers);
        };
    }

    private static Found texts(Question question, Map<String, Found> answers) {
        var all = new TreeSet<String>();
        if (question == Question.LABELS) {
            all.add(CLUSTER);
        }
        for (var answer : answers.values()) {
            if (answer instanceof Found.Texts(var texts)) {
                all.addAll(texts);
            }
        }
        return new Found.Texts(List.copyOf(all));
    }

    private static Found series(Map<String, Found> answers) {
        var all = new ArrayList<Labels>();
        answers.forEach((name, answer) -> {
            if (answer instanceof Found.Series(var series)) {
                series.forEach(labels -> all.add(labels.with(CLUSTER, name)));
            }
        });
        return new Found.Series(all);
    }

    private Found queries(Map<String, Found> answers) {
        var figures = new Figures();
        Lines lines = null;
        var rows = new ArrayList<Result.Row>();
        boolean vector = false;
        for (var entry : answers.entrySet()) {
            if (!(entry.getValue() instanceof Found.Query(var result, var own))) {
                continue;
            }
            figures.add(entry.getKey(), own);
            switch (result) {
                case Result.Streams(var entries) -> {
                    lines = lines == null
                            ? new Lines(given.limit(limits.entries()), limits.answerBytes(), given.newestFirst())
                            : lines;
                    add(entry.getKey(), entries, lines);
                }
                case Result.Samples samples -> {
                    vector |= samples.vector();
                    samples.rows()
                            .forEach(row -> rows.add(
                                    new Result.Row(row.labels().with(CLUSTER, entry.getKey()), row.samples())));
                }
                case Result.Scalar(long nanos, String value) -> {
                    vector = true;
                    rows.add(new Result.Row(
                            Labels.EMPTY.with(CLUSTER, entry.getKey()), List.of(new Result.Sample(nanos, value))));
                }
            }
        }
        return new Found.Query(
                lines == null ? new Result.Samples(vector, rows) : new Result.Streams(lines.entries()), figures);
    }

    /** Lines of one server and time keep the order they came in. */
    private void add(String cluster, List<LogEntry> entries, Lines lines) {
        int rank = 0;
        for (var entry : entries) {
            long id = given.newestFirst() ? -rank : rank;
            lines.add(new LogEntry(entry.nanos(), id, entry.labels().with(CLUSTER, cluster), entry.line()));
            rank++;
        }
    }
}
