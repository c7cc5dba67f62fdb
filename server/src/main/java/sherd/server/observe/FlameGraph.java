package sherd.server.observe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Draws a tree of stacks as one HTML page that loads nothing else. A frame is as wide as it was often there. The page is
 * also well-formed XML.
 */
public final class FlameGraph {
    private static final double WIDTH = 1200;
    private static final int ROW = 18;
    /** Narrower ones would not be seen, and there are many. */
    private static final double NARROWEST = 0.3;

    private static final double LETTER = 6.6;
    private static final int HUES = 40;
    private static final String STYLE = resource("flame.css");
    private static final String SCRIPT = resource("flame.js");

    private final StringBuilder out = new StringBuilder(1 << 16);
    private final long all;
    private int deepest;

    private FlameGraph(long all) {
        this.all = all;
    }

    /** Shows what {@code seconds} of sampling have found. */
    public static String html(FrameTree tree, int seconds) {
        var root = tree.root();
        var graph = new FlameGraph(Math.max(1, root.samples()));
        graph.frame(root, 0, 0);
        return graph.page(root.samples(), seconds);
    }

    private String page(long samples, int seconds) {
        int height = (deepest + 1) * ROW;
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8"/>
                <title>Sherd: where the processor was</title>
                <style>
                %s</style>
                </head>
                <body>
                <h1>Where the processor was</h1>
                <p>%d samples in %d s of threads that ran Java code. A frame is as wide as it was often there; click to
                zoom, search by a regular expression.</p>
                <form id="tools"><input id="search" type="search" placeholder="search" aria-label="search"/>
                <button id="reset" type="button">reset</button> <output id="found"></output></form>
                <svg id="flames" viewBox="0 0 %d %d" xmlns="http://www.w3.org/2000/svg">
                %s</svg>
                <script>
                %s</script>
                </body>
                </html>
                """.formatted(STYLE, samples, seconds, (int) WIDTH, height, out, SCRIPT);
    }

    private void frame(FrameTree.Frame frame, double x, int depth) {
        double width = WIDTH * frame.samples() / all;
        if (width < NARROWEST && depth > 0) {
            return;
        }
        deepest = Math.max(deepest, depth);
        var name = escaped(frame.name());
        out.append(String.format(
                Locale.ROOT,
                "<g data-x=\"%.2f\" data-w=\"%.2f\" data-n=\"%d\"><title>%s (%d samples, %.1f%%)</title>"
                        + "<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" fill=\"hsl(%d 80%% 70%%)\"/>"
                        + "<text x=\"%.2f\" y=\"%d\">%s</text></g>%n",
                x,
                width,
                frame.samples(),
                name,
                frame.samples(),
                100.0 * frame.samples() / all,
                x,
                depth * ROW,
                width,
                ROW - 1,
                Math.floorMod(frame.name().hashCode(), HUES) + 10,
                x + 3,
                depth * ROW + ROW - 5,
                escaped(shown(frame.name(), width))));
        double from = x;
        for (var callee : frame.callees()) {
            frame(callee, from, depth + 1);
            from += WIDTH * callee.samples() / all;
        }
    }

    /** What of a name has room: its end says most. */
    private static String shown(String name, double width) {
        int room = (int) ((width - 6) / LETTER);
        return room < 3 ? "" : name.length() <= room ? name : ".." + name.substring(name.length() - room + 2);
    }

    /** Also what XML cannot hold goes. */
    private static String escaped(String text) {
        var safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '&' -> safe.append("&amp;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(c < ' ' || (c >= 0xD800 && c <= 0xDFFF) || c >= 0xFFFE ? '?' : c);
            }
        });
        return safe.toString();
    }

    private static String resource(String name) {
        try (var in = FlameGraph.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
