package sherd.server.loki.logql;

import org.jspecify.annotations.Nullable;

/** Compares one label with a value; a regular expression must match all of it. */
public final class LabelMatcher {
    private final String name;
    private final MatchOp op;
    private final String value;
    private final @Nullable BoundedPattern pattern;

    public LabelMatcher(String name, MatchOp op, String value) {
        this.name = name;
        this.op = op;
        this.value = value;
        this.pattern = op.regex() ? BoundedPattern.whole(value) : null;
    }

    public String name() {
        return name;
    }

    public MatchOp op() {
        return op;
    }

    public String value() {
        return value;
    }

    /** A label that is not there is compared as an empty one. */
    public boolean matches(String actual) {
        boolean same = pattern == null ? actual.equals(value) : pattern.matches(actual);
        return same != op.negative();
    }

    public boolean matches(Labels labels) {
        return matches(labels.get(name));
    }

    @Override
    public String toString() {
        return name + op.sign() + Labels.quote(value);
    }
}
