package sherd.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** What a source file may look like: its length, the length of its methods, no notes to oneself. */
final class SourceRules {
    static final int FILE_LINES = 600;
    static final int METHOD_LINES = 70;

    private static final Pattern NOTE = Pattern.compile("\\b(" + "TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern TYPE = Pattern.compile("(^|[\\s@])(class|interface|enum|record)\\s+\\w+");
    /** Comments, text blocks, strings and characters: places where a brace means nothing. */
    private static final Pattern NOT_CODE = Pattern.compile(
            "//[^\\n]*|/\\*.*?\\*/|\"\"\".*?(?<!\\\\)\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*'",
            Pattern.DOTALL);

    private SourceRules() {}

    /** One line per broken rule, naming the place. */
    static List<String> problems(String file, String text) {
        var problems = new ArrayList<String>();
        long lines = text.lines().count();
        if (lines > FILE_LINES) {
            problems.add(file + " has " + lines + " lines, at most " + FILE_LINES + " are allowed");
        }
        var notes = NOTE.matcher(text);
        while (notes.find()) {
            problems.add(file + ":" + lineAt(text, notes.start()) + " holds a " + notes.group() + "; do it or drop it");
        }
        for (var method : methods(withoutProse(text))) {
            if (method.lines() > METHOD_LINES) {
                problems.add(file + ":" + method.firstLine() + " a method has " + method.lines() + " lines, at most "
                        + METHOD_LINES + " are allowed");
            }
        }
        return problems;
    }

    private record Method(int firstLine, int lines) {}

    private record Block(boolean type, boolean method, int start) {}

    /** A block directly inside a type which is not itself a type: a method, a constructor or an initializer. */
    private static List<Method> methods(String code) {
        var methods = new ArrayList<Method>();
        Deque<Block> open = new ArrayDeque<>();
        int headStart = 0;
        for (int at = 0; at < code.length(); at++) {
            char c = code.charAt(at);
            if (c == '{') {
                boolean type = TYPE.matcher(code.substring(headStart, at)).find();
                boolean inType = !open.isEmpty() && open.peek().type();
                open.push(new Block(type, inType && !type, firstCode(code, headStart, at)));
            } else if (c == '}' && !open.isEmpty()) {
                var block = open.pop();
                if (block.method()) {
                    int first = lineAt(code, block.start());
                    methods.add(new Method(first, lineAt(code, at) - first + 1));
                }
            }
            if (c == '{' || c == '}' || c == ';') {
                headStart = at + 1;
            }
        }
        return methods;
    }

    private static int firstCode(String code, int from, int to) {
        int at = from;
        while (at < to && Character.isWhitespace(code.charAt(at))) {
            at++;
        }
        return at;
    }

    /** Blanks what is not code and keeps its line ends, so that line numbers stay true. */
    private static String withoutProse(String text) {
        return NOT_CODE.matcher(text).replaceAll(found -> found.group().replaceAll("[^\\n]", " "));
    }

    private static int lineAt(String text, int offset) {
        return 1
                + (int) text.substring(0, offset).chars().filter(c -> c == '\n').count();
    }
}
