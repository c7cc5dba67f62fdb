package sherd.bench.frame;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A report as a table that reads well on a terminal and is Markdown: medians by side, then ratios. */
final class MarkdownTable {
    private static final int TEXT_COLUMNS = 2;

    private MarkdownTable() {}

    static List<String> of(Report report) {
        var metrics = report.metrics();
        var rows = new ArrayList<List<String>>();
        var head = new ArrayList<>(List.of("", "side"));
        metrics.forEach(metric -> head.add(metric.title()));
        rows.add(head);
        for (var work : report.works()) {
            boolean first = true;
            var sides = report.sides().stream()
                    .filter(side -> metrics.stream()
                            .anyMatch(
                                    metric -> report.median(work, side, metric).isPresent()))
                    .toList();
            for (var side : sides) {
                var cells = new ArrayList<>(List.of(first ? work : "", side));
                metrics.forEach(metric -> cells.add(cell(report.median(work, side, metric), metric)));
                rows.add(cells);
                first = false;
            }
            for (var other : sides.subList(1, sides.size())) {
                var cells = new ArrayList<>(List.of("", sides.getFirst() + " / " + other));
                metrics.forEach(metric -> cells.add(times(report.ratio(work, sides.getFirst(), other, metric))));
                rows.add(cells);
            }
        }
        return lines(rows);
    }

    private static String cell(OptionalDouble value, Metric metric) {
        return value.isPresent() ? metric.format(value.getAsDouble()) : "";
    }

    private static String times(OptionalDouble ratio) {
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2fx", ratio.getAsDouble()) : "";
    }

    private static List<String> lines(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        var widths = new int[columns];
        for (var row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var lines = new ArrayList<String>();
        for (var row : rows) {
            var line = new StringBuilder("|");
            for (int i = 0; i < columns; i++) {
                var pad = " ".repeat(widths[i] - row.get(i).length());
                line.append(' ').append(i < TEXT_COLUMNS ? row.get(i) + pad : pad + row.get(i));
                line.append(" |");
            }
            lines.add(line.toString());
        }
        var rule = new StringBuilder("|");
        for (int i = 0; i < columns; i++) {
            rule.append("-".repeat(widths[i] + 1)).append(i < TEXT_COLUMNS ? "-|" : ":|");
        }
        lines.add(1, rule.toString());
        return lines;
    }
}
