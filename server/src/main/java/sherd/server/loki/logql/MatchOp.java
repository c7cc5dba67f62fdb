package sherd.server.loki.logql;

/** How a text is compared, by labels and lines alike. */
public enum MatchOp {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String sign;

    MatchOp(String sign) {
        this.sign = sign;
    }

    public String sign() {
        return sign;
    }

    boolean regex() {
        return this == REGEX || this == NOT_REGEX;
    }

    boolean negative() {
        return this == NOT_EQUAL || this == NOT_REGEX;
    }
}
