package sherd.server.loki.logql;

/** A query that cannot be read, or cannot be answered as it is. Carries no stack trace: it tells the client something. */
public final class LogQlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogQlException(String message) {
        super(message, null, false, false);
    }

    /** Points at a character of the query, as Loki does. */
    static LogQlException at(String query, int position, String what) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < position && i < query.length(); i++) {
            if (query.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new LogQlException(
                "parse error at line " + line + ", col " + (position - lineStart + 1) + ": syntax error: " + what);
    }
}
