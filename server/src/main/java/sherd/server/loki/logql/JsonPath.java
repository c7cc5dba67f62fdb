package sherd.server.loki.logql;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A way to a value: {@code my.list[0]["field"]}. */
record JsonPath(List<Step> steps) {
    /** Goes from a value to one within it. */
    sealed interface Step {
        /** Moves a parser that stands on a value; false if there is nothing there. */
        boolean enter(JsonParser parser);
    }

    private record Member(String name) implements Step {
        @Override
        public boolean enter(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                return false;
            }
            for (var found = parser.nextName(); found != null; found = parser.nextName()) {
                parser.nextToken();
                if (found.equals(name)) {
                    return true;
                }
                parser.skipChildren();
            }
            return false;
        }
    }

    private record Element(int index) implements Step {
        @Override
        public boolean enter(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                return false;
            }
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                if (i == index) {
                    return true;
                }
                parser.skipChildren();
            }
            return false;
        }
    }

    JsonPath {
        steps = List.copyOf(steps);
    }

    static JsonPath parse(String text) {
        var steps = new ArrayList<Step>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '[') {
                int close = text.indexOf(']', at);
                if (close < 0) {
                    throw bad(text);
                }
                var inside = text.substring(at + 1, close);
                if (inside.matches("[0-9]{1,6}")) {
                    steps.add(new Element(Integer.parseInt(inside)));
                } else if (inside.length() > 2 && inside.startsWith("\"") && inside.endsWith("\"")) {
                    steps.add(new Member(inside.substring(1, inside.length() - 1)));
                } else {
                    throw bad(text);
                }
                at = close + 1;
            } else {
                int start = c == '.' ? at + 1 : at;
                at = start;
                while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '[') {
                    at++;
                }
                if (at == start) {
                    throw bad(text);
                }
                steps.add(new Member(text.substring(start, at)));
            }
        }
        if (steps.isEmpty()) {
            throw bad(text);
        }
        return new JsonPath(steps);
    }

    private static LogQlException bad(String text) {
        return new LogQlException("cannot parse expression [" + text + "]: write a.b, a[0] or a[\"b\"]");
    }
}
