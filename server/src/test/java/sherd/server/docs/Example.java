package sherd.server.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A command that a document shows, with what it is said to print. In a {@code console} block a line that begins with
 * {@code $} is a command (it goes on behind a backslash and within single quotes), the lines after it are its output. In
 * output {@code ...} stands for anything within a line, and alone on a line for any lines.
 */
record Example(int line, String command, List<String> output) {
    private static final String ANYTHING = "...";

    static List<Example> of(List<String> document) {
        var examples = new ArrayList<Example>();
        boolean inside = false;
        for (int at = 0; at < document.size(); at++) {
            var text = document.get(at);
            if (text.startsWith("```")) {
                inside = text.equals("```console");
            } else if (inside && text.startsWith("$ ")) {
                int line = at + 1;
                var command = new StringBuilder(text.substring(2));
                while (goesOn(command)) {
                    command.append('\n').append(document.get(++at));
                }
                var output = new ArrayList<String>();
                while (!document.get(at + 1).startsWith("$ ")
                        && !document.get(at + 1).startsWith("```")) {
                    output.add(document.get(++at));
                }
                examples.add(new Example(line, command.toString(), trimmed(output)));
            }
        }
        return examples;
    }

    private static boolean goesOn(CharSequence command) {
        boolean quoted = command.chars().filter(c -> c == '\'').count() % 2 == 1;
        return quoted || command.charAt(command.length() - 1) == '\\';
    }

    /** Without spaces at the ends of lines, and without empty lines at both ends. */
    static List<String> trimmed(List<String> lines) {
        var trimmed = new ArrayList<>(lines.stream().map(String::stripTrailing).toList());
        while (!trimmed.isEmpty() && trimmed.getLast().isEmpty()) {
            trimmed.removeLast();
        }
        while (!trimmed.isEmpty() && trimmed.getFirst().isEmpty()) {
            trimmed.removeFirst();
        }
        return trimmed;
    }

    boolean shows(List<String> printed) {
        return matches(output, trimmed(printed));
    }

    private static boolean matches(List<String> shown, List<String> printed) {
        if (shown.isEmpty()) {
            return printed.isEmpty();
        }
        var rest = shown.subList(1, shown.size());
        if (shown.getFirst().equals(ANYTHING)) {
            for (int skipped = 0; skipped <= printed.size(); skipped++) {
                if (matches(rest, printed.subList(skipped, printed.size()))) {
                    return true;
                }
            }
            return false;
        }
        return !printed.isEmpty()
                && pattern(shown.getFirst()).matcher(printed.getFirst()).matches()
                && matches(rest, printed.subList(1, printed.size()));
    }

    private static Pattern pattern(String line) {
        var pattern = new StringBuilder();
        for (var part : line.split(Pattern.quote(ANYTHING), -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return Pattern.compile(pattern.toString());
    }
}
