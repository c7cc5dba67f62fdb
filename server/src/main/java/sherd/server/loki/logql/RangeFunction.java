package sherd.server.loki.logql;

import java.util.Optional;

/** What is made of the lines in a range of time. */
public enum RangeFunction {
    RATE(false, true),
    COUNT_OVER_TIME(false, false),
    BYTES_RATE(false, false),
    BYTES_OVER_TIME(false, false),
    ABSENT_OVER_TIME(false, true),
    SUM_OVER_TIME(true, true),
    AVG_OVER_TIME(true, true),
    MIN_OVER_TIME(true, true),
    MAX_OVER_TIME(true, true),
    FIRST_OVER_TIME(true, true),
    LAST_OVER_TIME(true, true);

    private final boolean needsUnwrap;
    private final boolean takesUnwrap;

    RangeFunction(boolean needsUnwrap, boolean takesUnwrap) {
        this.needsUnwrap = needsUnwrap;
        this.takesUnwrap = takesUnwrap;
    }

    boolean needsUnwrap() {
        return needsUnwrap;
    }

    boolean takesUnwrap() {
        return takesUnwrap;
    }

    /** Whether a {@code by} clause may follow, as it may where samples have values. */
    boolean takesGrouping() {
        return needsUnwrap && this != SUM_OVER_TIME;
    }

    String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Optional<RangeFunction> of(String word) {
        for (var function : values()) {
            if (function.word().equals(word)) {
                return Optional.of(function);
            }
        }
        return Optional.empty();
    }
}
