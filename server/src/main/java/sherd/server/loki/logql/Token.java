package sherd.server.loki.logql;

/**
 * A word of a query.
 *
 * @param text what it means: of a string, without quotes and escapes
 * @param position of its first character
 */
record Token(Kind kind, String text, int position) {
    enum Kind {
        IDENTIFIER,
        STRING,
        NUMBER,
        DURATION,
        BYTES,
        FLAG,
        SIGN,
        END
    }

    boolean is(String sign) {
        return kind == Kind.SIGN && text.equals(sign);
    }

    boolean isWord(String word) {
        return kind == Kind.IDENTIFIER && text.equals(word);
    }

    /** As messages name it. */
    String shown() {
        return switch (kind) {
            case END -> "$end";
            case SIGN, FLAG -> "'" + text + "'";
            case IDENTIFIER, STRING, NUMBER, DURATION, BYTES -> kind + " '" + text + "'";
        };
    }
}
