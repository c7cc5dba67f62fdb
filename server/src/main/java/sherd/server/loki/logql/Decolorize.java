package sherd.server.loki.logql;

import java.util.regex.Pattern;

/** Removes the colours that a terminal would show. */
record Decolorize() implements Stage {
    private static final Pattern COLOR = Pattern.compile("\u001b\\[[0-9;]*m");

    @Override
    public boolean process(LogLine line) {
        if (line.text().indexOf('\u001b') >= 0) {
            line.text(COLOR.matcher(line.text()).replaceAll(""));
        }
        return true;
    }
}
