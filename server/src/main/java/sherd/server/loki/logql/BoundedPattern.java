package sherd.server.loki.logql;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression in what RE2 and Java have in common. RE2's time is linear in the text; Java backtracks, so here
 * the looks at characters are counted, and an expression that takes too many ends the query.
 */
final class BoundedPattern {
    private static final int MAX_LENGTH = 4096;
    private static final int LOOKS = 2_000_000;
    private static final Pattern LITERAL = Pattern.compile("[\\w \\-:/,;@#%&=!~\"'<>]*");
    private static final Pattern NOT_RE2 = Pattern.compile("\\(\\?(<?[=!]|>)|\\\\[1-9]|\\\\k<|[*+?}]\\+");
    private static final Pattern POSIX_CLASS = Pattern.compile("\\[:(\\^?)([a-z]+):]");

    private final String regex;
    private final Pattern pattern;
    private final boolean whole;

    private BoundedPattern(String regex, int flags, boolean whole) {
        this.regex = regex;
        this.whole = whole;
        if (regex.length() > MAX_LENGTH) {
            throw new LogQlException(
                    "regular expression too long: characters=" + regex.length() + " limit=" + MAX_LENGTH);
        }
        var java = java(regex);
        var refused = NOT_RE2.matcher(java.replace("\\\\", "  "));
        if (refused.find()) {
            throw new LogQlException(
                    "error parsing regexp: " + Labels.quote(regex) + " uses '" + refused.group()
                            + "', which RE2 does not have; look-around, back references and possessive repeats are not supported");
        }
        try {
            pattern = Pattern.compile(java, flags);
        } catch (PatternSyntaxException e) {
            throw new LogQlException("error parsing regexp: " + e.getDescription() + ": " + Labels.quote(regex));
        }
    }

    /** Must match all of a text; a dot matches no line feed. */
    static BoundedPattern whole(String regex) {
        return new BoundedPattern(regex, 0, true);
    }

    /** Must match somewhere; a dot matches every character. */
    static BoundedPattern part(String regex) {
        return new BoundedPattern(regex, Pattern.DOTALL, false);
    }

    private static String java(String regex) {
        var named = regex.replace("(?P<", "(?<");
        return POSIX_CLASS.matcher(named).replaceAll(match -> {
            var name = match.group(2);
            var java = switch (name) {
                case "alpha",
                        "digit",
                        "alnum",
                        "upper",
                        "lower",
                        "punct",
                        "print",
                        "graph",
                        "cntrl",
                        "blank",
                        "space" -> Character.toUpperCase(name.charAt(0)) + name.substring(1);
                case "xdigit" -> "XDigit";
                case "word" -> "IsWord";
                default -> throw new LogQlException("error parsing regexp: unknown class [:" + name + ":]");
            };
            return (match.group(1).isEmpty() ? "\\\\p{" : "\\\\P{") + java + "}";
        });
    }

    boolean matches(String text) {
        var matcher = pattern.matcher(new Counted(text, new int[] {LOOKS}));
        try {
            return whole ? matcher.matches() : matcher.find();
        } catch (StackOverflowError e) {
            throw tooDear();
        }
    }

    /** The text that a match must contain if the expression is nothing but text, else an empty one. */
    String literal() {
        return LITERAL.matcher(regex).matches() ? regex : "";
    }

    /** The same for an expression that ignores case. */
    String literalInAnyCase() {
        var rest = regex.startsWith("(?i)") ? regex.substring(4) : "";
        return LITERAL.matcher(rest).matches() ? rest : "";
    }

    private LogQlException tooDear() {
        return new LogQlException("regular expression takes too long: " + Labels.quote(regex)
                + "; avoid repeats within repeats, or filter lines by text first");
    }

    private final class Counted implements CharSequence {
        private final String text;
        private final int[] left;

        Counted(String text, int[] left) {
            this.text = text;
            this.left = left;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left[0] < 0) {
                throw tooDear();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Counted(text.substring(start, end), left);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
