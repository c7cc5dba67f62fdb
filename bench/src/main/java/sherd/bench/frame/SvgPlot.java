package sherd.bench.frame;

import java.util.List;
import java.util.Locale;

/**
 * A report's medians as horizontal bars: a panel for each drawn metric, in it a group for each work, in it a bar for
 * each side. The file needs nothing else, and follows the reader's choice of light or dark.
 */
final class SvgPlot {
    private static final int WIDTH = 760;
    private static final int LEFT = 210;
    private static final int RIGHT = 90;
    private static final int BAR = 14;
    private static final int GAP = 10;
    private static final int PANEL_HEAD = 34;
    private static final int TOP = 56;
    private static final String STYLE = """
            <style>
            text { font: 12px system-ui, sans-serif; fill: #24292f }
            .title { font-size: 15px; font-weight: 600 }
            .panel { font-weight: 600 }
            .value { font-size: 11px }
            .axis { stroke: #8c959f }
            .s0 { fill: #0969da } .s1 { fill: #cf222e } .s2 { fill: #8c959f } .s3 { fill: #9a6700 }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 }
            .s0 { fill: #58a6ff } .s1 { fill: #ff7b72 } .s2 { fill: #6e7681 } .s3 { fill: #d29922 }
            }
            </style>
            """;
    private static final int COLOURS = 4;

    private final Report report;
    private final List<String> sides;
    private final StringBuilder body = new StringBuilder();
    private int y = TOP;

    private SvgPlot(Report report) {
        this.report = report;
        sides = report.sides();
    }

    static String of(Report report) {
        var plot = new SvgPlot(report);
        plot.legend();
        report.metrics().stream().filter(Metric::drawn).forEach(plot::panel);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"" + WIDTH + "\" height=\"" + plot.y
                + "\" viewBox=\"0 0 " + WIDTH + " " + plot.y + "\">\n<title>" + escaped(report.title()) + "</title>\n"
                + STYLE + plot.body + "</svg>\n";
    }

    private void legend() {
        text(GAP, 22, "title", "start", report.title());
        int x = GAP;
        for (int i = 0; i < sides.size(); i++) {
            rectangle(x, 34, BAR, BAR, i);
            text(x + BAR + 5, 45, "side", "start", sides.get(i));
            x += BAR + 25 + 8 * sides.get(i).length();
        }
    }

    private void panel(Metric metric) {
        double most = report.works().stream()
                .flatMap(work -> sides.stream()
                        .map(side -> report.median(work, side, metric).orElse(0)))
                .max(Double::compare)
                .orElse(0.0);
        y += PANEL_HEAD;
        text(GAP, y - 10, "panel", "start", metric.title());
        int top = y;
        for (var work : report.works()) {
            int bars = 0;
            for (int i = 0; i < sides.size(); i++) {
                var value = report.median(work, sides.get(i), metric);
                if (value.isPresent()) {
                    bar(value.getAsDouble(), most, metric, i, y + bars * BAR);
                    bars++;
                }
            }
            if (bars > 0) {
                text(LEFT - 8, y + bars * BAR / 2 + 4, "work", "end", work);
                y += bars * BAR + GAP;
            }
        }
        body.append("<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>%n"
                .formatted(LEFT, LEFT, top - 4, y - GAP + 4));
    }

    private void bar(double value, double most, Metric metric, int side, int top) {
        double length = most <= 0 ? 0 : Math.max(0, value) / most * (WIDTH - LEFT - RIGHT);
        rectangle(LEFT, top, length, BAR - 2, side);
        text(LEFT + length + 5, top + BAR - 4, "value", "start", metric.format(value));
    }

    private void rectangle(double x, double top, double width, double height, int side) {
        body.append(String.format(
                Locale.ROOT,
                "<rect class=\"s%d\" x=\"%.0f\" y=\"%.0f\" width=\"%.1f\" height=\"%.0f\"/>%n",
                side % COLOURS,
                x,
                top,
                width,
                height));
    }

    private void text(double x, double base, String style, String anchor, String text) {
        body.append(String.format(
                Locale.ROOT,
                "<text class=\"%s\" x=\"%.0f\" y=\"%.0f\" text-anchor=\"%s\">%s</text>%n",
                style,
                x,
                base,
                anchor,
                escaped(text)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
