package sherd.server.loki.logql;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Text with labels in it: {@code {{.name}}}, and {@code {{__line__}}} for the line. Functions are not known here. */
final class Template {
    private static final Pattern FIELD = Pattern.compile("\\.([A-Za-z_][A-Za-z0-9_]*)");

    private sealed interface Part {}

    private record Text(String text) implements Part {}

    private record Field(String label) implements Part {}

    private record Line() implements Part {}

    private final List<Part> parts = new ArrayList<>();

    Template(String text) {
        int at = 0;
        for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", at)) {
            int close = text.indexOf("}}", open);
            if (close < 0) {
                throw new LogQlException("invalid line template: template: unclosed action: " + text);
            }
            parts.add(new Text(text.substring(at, open)));
            parts.add(action(text.substring(open + 2, close).strip()));
            at = close + 2;
        }
        parts.add(new Text(text.substring(at)));
    }

    private static Part action(String text) {
        var field = FIELD.matcher(text);
        if (field.matches()) {
            return new Field(field.group(1));
        }
        if (text.equals("__line__")) {
            return new Line();
        }
        throw new LogQlException(
                "invalid line template: '{{" + text + "}}' is not supported here; {{.label}} and {{__line__}} are");
    }

    String fill(LogLine line) {
        var filled = new StringBuilder();
        for (var part : parts) {
            filled.append(
                    switch (part) {
                        case Text(var text) -> text;
                        case Field(var label) -> line.get(label);
                        case Line() -> line.text();
                    });
        }
        return filled.toString();
    }
}
