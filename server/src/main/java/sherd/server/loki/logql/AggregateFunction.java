package sherd.server.loki.logql;

import java.util.Optional;

/** What is made of the numbers of a group. */
public enum AggregateFunction {
    SUM,
    AVG,
    MIN,
    MAX,
    COUNT,
    STDDEV,
    STDVAR,
    TOPK,
    BOTTOMK,
    SORT,
    SORT_DESC;

    /** Whether it comes with a number of how many to keep. */
    public boolean counted() {
        return this == TOPK || this == BOTTOMK;
    }

    /** Whether what it gives are numbers it was given, with their labels. */
    public boolean selects() {
        return counted() || this == SORT || this == SORT_DESC;
    }

    static Optional<AggregateFunction> of(String word) {
        for (var function : values()) {
            if (function.name().toLowerCase(java.util.Locale.ROOT).equals(word)) {
                return Optional.of(function);
            }
        }
        return Optional.empty();
    }
}
