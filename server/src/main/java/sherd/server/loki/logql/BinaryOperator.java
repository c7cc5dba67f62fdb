package sherd.server.loki.logql;

import java.util.Optional;

/** What joins two expressions. */
public enum BinaryOperator {
    OR("or", 1),
    AND("and", 2),
    UNLESS("unless", 2),
    EQUAL("==", 3),
    NOT_EQUAL("!=", 3),
    GREATER(">", 3),
    GREATER_OR_EQUAL(">=", 3),
    LESS("<", 3),
    LESS_OR_EQUAL("<=", 3),
    PLUS("+", 4),
    MINUS("-", 4),
    TIMES("*", 5),
    DIVIDE("/", 5),
    MODULO("%", 5),
    POWER("^", 6);

    private final String sign;
    private final int precedence;

    BinaryOperator(String sign, int precedence) {
        this.sign = sign;
        this.precedence = precedence;
    }

    /** Higher binds closer. */
    int precedence() {
        return precedence;
    }

    public String sign() {
        return sign;
    }

    /** Whether it joins sets instead of numbers. */
    public boolean logical() {
        return precedence <= 2;
    }

    /** The comparison it is, if it is one. */
    public Optional<Comparison> comparison() {
        for (var comparison : Comparison.values()) {
            if (comparison.sign().equals(sign)) {
                return Optional.of(comparison);
            }
        }
        return Optional.empty();
    }

    static Optional<BinaryOperator> of(String sign) {
        for (var operator : values()) {
            if (operator.sign.equals(sign)) {
                return Optional.of(operator);
            }
        }
        return Optional.empty();
    }
}
