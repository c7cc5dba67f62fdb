package sherd.server.loki.logql;

import java.util.List;

/** {@code key=value} pairs of a line become labels: all of them, or those asked for. */
final class LogfmtParser implements Stage {
    private final List<Extraction> wanted;
    private final boolean strict;

    LogfmtParser(List<Extraction> wanted, boolean strict) {
        this.wanted = List.copyOf(wanted);
        this.strict = strict;
    }

    @Override
    public boolean process(LogLine line) {
        new Scan(line).run();
        return true;
    }

    private void found(LogLine line, String key, String value) {
        if (wanted.isEmpty()) {
            line.extract(Names.sanitized(key), value);
            return;
        }
        for (var one : wanted) {
            if (one.from().equals(key)) {
                line.extract(one.label(), value);
            }
        }
    }

    private final class Scan {
        private final LogLine line;
        private final String text;
        private int at;

        Scan(LogLine line) {
            this.line = line;
            this.text = line.text();
        }

        void run() {
            while (at < text.length()) {
                if (text.charAt(at) <= ' ') {
                    at++;
                } else if (!pair()) {
                    if (strict) {
                        line.fail("LogfmtParserErr", "logfmt syntax error at pos " + (at + 1));
                        return;
                    }
                    skipWord();
                }
            }
        }

        /** False if there is none; then {@code at} is where it goes wrong. */
        private boolean pair() {
            int start = at;
            while (at < text.length() && text.charAt(at) > ' ' && text.charAt(at) != '=' && text.charAt(at) != '"') {
                at++;
            }
            var key = text.substring(start, at);
            if (key.isEmpty() || (at < text.length() && text.charAt(at) == '"')) {
                return false;
            }
            if (at == text.length() || text.charAt(at) != '=') {
                return true; // a key alone, whose value is empty
            }
            at++;
            boolean opens = at < text.length() && text.charAt(at) == '"';
            return opens ? quoted(key) : bare(key);
        }

        private boolean bare(String key) {
            int start = at;
            while (at < text.length() && text.charAt(at) > ' ') {
                if (text.charAt(at) == '=' || text.charAt(at) == '"') {
                    return false;
                }
                at++;
            }
            found(line, key, text.substring(start, at));
            return true;
        }

        private boolean quoted(String key) {
            int open = at++;
            var value = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '"') {
                char c = text.charAt(at++);
                if (c == '\\' && at < text.length()) {
                    c = text.charAt(at++);
                    c = switch (c) {
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case 'r' -> '\r';
                        default -> c;
                    };
                }
                value.append(c);
            }
            if (at == text.length()) {
                at = open;
                return false;
            }
            at++;
            found(line, key, value.toString());
            return true;
        }

        private void skipWord() {
            while (at < text.length() && text.charAt(at) > ' ') {
                at++;
            }
        }
    }
}
