package sherd.server.loki.logql;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Recursive descent over the tokens of a query. */
final class LogQlParser {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_COUNT = 10_000;

    private final Tokens tokens;
    private final PipelineParser pipelines;
    private int depth;

    LogQlParser(String query) {
        tokens = new Tokens(query);
        pipelines = new PipelineParser(tokens);
    }

    Expr parse() {
        var expr = binary(1);
        if (tokens.peek().kind() != Token.Kind.END) {
            throw tokens.unexpected("");
        }
        return expr;
    }

    List<LabelMatcher> parseSelectorOnly() {
        var selector = pipelines.selector();
        if (tokens.peek().kind() != Token.Kind.END) {
            throw tokens.unexpected("$end");
        }
        return selector;
    }

    private Expr binary(int least) {
        if (++depth > MAX_DEPTH) {
            throw tokens.unexpected("fewer expressions within each other than " + MAX_DEPTH);
        }
        var left = primary();
        while (true) {
            var token = tokens.peek();
            var operator = operator(token);
            if (operator.isEmpty() || operator.get().precedence() < least) {
                depth--;
                return left;
            }
            tokens.take();
            boolean bool = tokens.takeWordIf("bool");
            var matching = matching();
            int next = operator.get().precedence() + (operator.get() == BinaryOperator.POWER ? 0 : 1);
            left = new Expr.Binary(
                    operator.get(), metric(left, token), metric(binary(next), tokens.peek()), bool, matching);
        }
    }

    private static Optional<BinaryOperator> operator(Token token) {
        return token.kind() == Token.Kind.SIGN || token.kind() == Token.Kind.IDENTIFIER
                ? BinaryOperator.of(token.text())
                : Optional.empty();
    }

    private Optional<Expr.Matching> matching() {
        var word = tokens.peek();
        if (!word.isWord("on") && !word.isWord("ignoring")) {
            return Optional.empty();
        }
        tokens.take();
        var names = tokens.names();
        if (tokens.peek().isWord("group_left") || tokens.peek().isWord("group_right")) {
            throw tokens.at(tokens.peek(), tokens.peek().text() + " is not supported here");
        }
        return Optional.of(new Expr.Matching(word.isWord("ignoring"), names));
    }

    private Expr.Metric metric(Expr expr, Token place) {
        if (expr instanceof Expr.Metric metric) {
            return metric;
        }
        throw tokens.at(place, "unexpected log query, expecting one that gives numbers");
    }

    private Expr primary() {
        var token = tokens.peek();
        return switch (token.kind()) {
            case NUMBER -> constant(1);
            case SIGN -> {
                if (token.is("{")) {
                    yield new Expr.Log(selector(), pipelines.stages());
                }
                if (tokens.takeIf("(")) {
                    var inner = binary(1);
                    tokens.expect(")");
                    yield inner;
                }
                if (tokens.takeIf("-")) {
                    yield constant(-1);
                }
                if (tokens.takeIf("+")) {
                    yield constant(1);
                }
                throw tokens.unexpected("");
            }
            case IDENTIFIER -> function(token);
            case STRING, DURATION, BYTES, FLAG, END -> throw tokens.unexpected("");
        };
    }

    private Expr.Constant constant(double factor) {
        return new Expr.Constant(
                factor * Units.number(tokens.expect(Token.Kind.NUMBER)).orElseThrow(), false);
    }

    private Expr.Metric function(Token token) {
        var aggregate = AggregateFunction.of(token.text());
        if (aggregate.isPresent()) {
            tokens.take();
            return aggregation(aggregate.get());
        }
        var range = RangeFunction.of(token.text());
        if (range.isPresent()) {
            tokens.take();
            return range(range.get(), token);
        }
        if (token.isWord("vector")) {
            tokens.take();
            tokens.expect("(");
            double value = constant(tokens.takeIf("-") ? -1 : 1).value();
            tokens.expect(")");
            return new Expr.Constant(value, true);
        }
        throw tokens.at(
                token,
                tokens.peek(1).is("(")
                        ? "the function '" + token.text() + "' is not supported here"
                        : "unexpected " + token.shown());
    }

    private Optional<Expr.Grouping> grouping() {
        if (tokens.takeWordIf("by")) {
            return Optional.of(new Expr.Grouping(false, tokens.names()));
        }
        return tokens.takeWordIf("without") ? Optional.of(new Expr.Grouping(true, tokens.names())) : Optional.empty();
    }

    private Expr.Metric aggregation(AggregateFunction function) {
        var grouping = grouping();
        tokens.expect("(");
        int count = 0;
        if (function.counted()) {
            var token = tokens.peek();
            double value = Units.number(tokens.expect(Token.Kind.NUMBER)).orElseThrow();
            if (value != Math.rint(value) || value < 1 || value > MAX_COUNT) {
                throw tokens.at(token, "invalid parameter " + token.text() + ", expecting 1 to " + MAX_COUNT);
            }
            count = (int) value;
            tokens.expect(",");
        }
        var place = tokens.peek();
        var inner = metric(binary(1), place);
        tokens.expect(")");
        return new Expr.Aggregation(function, count, inner, grouping.isPresent() ? grouping : grouping());
    }

    private Expr.Metric range(RangeFunction function, Token place) {
        tokens.expect("(");
        boolean wrapped = tokens.takeIf("(");
        var selector = selector();
        var range = rangeOrNone();
        var stages = pipelines.stages();
        var unwrap = pipelines.unwrap();
        if (wrapped) {
            tokens.expect(")");
        }
        if (range.isEmpty()) {
            range = rangeOrNone();
        }
        if (range.isEmpty()) {
            throw tokens.unexpected("'['");
        }
        double offset = 0;
        if (tokens.takeWordIf("offset")) {
            offset = (tokens.takeIf("-") ? -1 : 1) * nanos();
        }
        tokens.expect(")");
        var grouping = grouping();
        if (function.needsUnwrap() && unwrap.isEmpty()) {
            throw tokens.at(place, "invalid aggregation " + function.word() + " without unwrap");
        }
        if (!function.takesUnwrap() && unwrap.isPresent()) {
            throw tokens.at(place, "invalid aggregation " + function.word() + " with unwrap");
        }
        if (grouping.isPresent() && !function.takesGrouping()) {
            throw tokens.at(place, "grouping not allowed for " + function.word() + " aggregation");
        }
        return new Expr.Range(
                function, new Expr.Log(selector, stages), unwrap, (long) range.getAsDouble(), (long) offset, grouping);
    }

    private OptionalDouble rangeOrNone() {
        if (!tokens.takeIf("[")) {
            return OptionalDouble.empty();
        }
        double nanos = nanos();
        tokens.expect("]");
        return OptionalDouble.of(nanos);
    }

    private double nanos() {
        var token = tokens.peek();
        double nanos = Units.nanos(tokens.expect(Token.Kind.DURATION)).orElseThrow();
        if (nanos <= 0 || nanos > 1e18) {
            throw tokens.at(token, "not a duration of use: '" + token.text() + "'");
        }
        return nanos;
    }

    private List<LabelMatcher> selector() {
        var selector = pipelines.selector();
        if (selector.stream().allMatch(matcher -> matcher.matches(""))) {
            throw new LogQlException(
                    "parse error : queries require at least one regexp or equality matcher that does not have an"
                            + " empty-compatible value. For instance, app=~\".*\" does not meet this requirement, but"
                            + " app=~\".+\" will");
        }
        return selector;
    }
}
