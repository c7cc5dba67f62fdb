package sherd.server.loki.logql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Reads selectors and the stages behind them. */
final class PipelineParser {
    private static final int MAX_DEPTH = 64;
    private static final List<String> FILTERS = List.of("|=", "!=", "|~", "!~");

    private final Tokens tokens;
    private int depth;

    PipelineParser(Tokens tokens) {
        this.tokens = tokens;
    }

    List<LabelMatcher> selector() {
        tokens.expect("{");
        var matchers = new ArrayList<LabelMatcher>();
        while (!tokens.takeIf("}")) {
            var name = tokens.expect(Token.Kind.IDENTIFIER);
            var op = matchOp();
            matchers.add(matcher(name, op));
            if (!tokens.peek().is("}")) {
                tokens.expect(",");
            }
        }
        return matchers;
    }

    private LabelMatcher matcher(String name, MatchOp op) {
        var token = tokens.peek();
        var value = tokens.expect(Token.Kind.STRING);
        try {
            return new LabelMatcher(name, op, value);
        } catch (LogQlException e) {
            throw tokens.at(token, String.valueOf(e.getMessage()));
        }
    }

    private MatchOp matchOp() {
        for (var op : MatchOp.values()) {
            if (tokens.takeIf(op.sign())) {
                return op;
            }
        }
        throw tokens.unexpected("'=', '!=', '=~' or '!~'");
    }

    /** Stages up to something that is none; an unwrap, where it may be, is left where it is. */
    List<Stage> stages() {
        var stages = new ArrayList<Stage>();
        while (true) {
            var token = tokens.peek();
            if (token.kind() == Token.Kind.SIGN && FILTERS.contains(token.text())) {
                stages.add(lineFilter());
            } else if (token.is("|") && !tokens.peek(1).isWord("unwrap")) {
                tokens.take();
                stages.add(stage());
            } else {
                return stages;
            }
        }
    }

    /** Also looks at what follows, which an aggregation of ranges allows. */
    Optional<Unwrap> unwrap() {
        if (!tokens.peek().is("|") || !tokens.peek(1).isWord("unwrap")) {
            return Optional.empty();
        }
        tokens.take();
        tokens.take();
        var word = tokens.expect(Token.Kind.IDENTIFIER);
        var conversion = Unwrap.Conversion.NUMBER;
        var label = word;
        if (tokens.takeIf("(")) {
            conversion = switch (word) {
                case "duration", "duration_seconds" -> Unwrap.Conversion.DURATION;
                case "bytes" -> Unwrap.Conversion.BYTES;
                default -> throw tokens.unexpected("duration, duration_seconds or bytes before");
            };
            label = tokens.expect(Token.Kind.IDENTIFIER);
            tokens.expect(")");
        }
        var filters = new ArrayList<Stage>();
        while (tokens.takeIf("|")) {
            filters.add(new LabelFilter(predicate()));
        }
        return Optional.of(new Unwrap(label, conversion, filters));
    }

    private LineFilter lineFilter() {
        var token = tokens.take();
        var op = switch (token.text()) {
            case "|=" -> MatchOp.EQUAL;
            case "!=" -> MatchOp.NOT_EQUAL;
            case "|~" -> MatchOp.REGEX;
            default -> MatchOp.NOT_REGEX;
        };
        if (tokens.peek().isWord("ip")) {
            throw tokens.at(tokens.peek(), "ip() is not supported here");
        }
        var texts = new ArrayList<String>();
        var first = tokens.peek();
        do {
            texts.add(tokens.expect(Token.Kind.STRING));
        } while (tokens.peek().isWord("or") && tokens.peek(1).kind() == Token.Kind.STRING && tokens.takeWordIf("or"));
        try {
            return new LineFilter(op, texts);
        } catch (LogQlException e) {
            throw tokens.at(first, String.valueOf(e.getMessage()));
        }
    }

    private Stage stage() {
        var token = tokens.peek();
        boolean comparison = tokens.peek(1).kind() == Token.Kind.SIGN
                && List.of("=", "!=", "=~", "!~", "==", ">", ">=", "<", "<=")
                        .contains(tokens.peek(1).text());
        if (token.kind() != Token.Kind.IDENTIFIER || comparison) {
            return new LabelFilter(predicate());
        }
        tokens.take();
        return switch (token.text()) {
            case "json" -> new JsonParser(extractions());
            case "logfmt" -> logfmt();
            case "line_format" -> new LineFormat(template());
            case "label_format" -> labelFormat();
            case "drop" -> new DropLabels(labelList());
            case "keep" -> new KeepLabels(labelList());
            case "decolorize" -> new Decolorize();
            case "pattern", "regexp", "unpack" ->
                throw tokens.at(token, "the parser '" + token.text() + "' is not supported here; json and logfmt are");
            default -> throw tokens.at(token, "unexpected " + token.shown() + ", expecting a parser, format or filter");
        };
    }

    private LogfmtParser logfmt() {
        boolean strict = false;
        while (tokens.peek().kind() == Token.Kind.FLAG) {
            var flag = tokens.take();
            switch (flag.text()) {
                case "--strict" -> strict = true;
                case "--keep-empty" -> {} // a label without value is no label
                default -> throw tokens.at(flag, "unknown flag " + flag.shown());
            }
        }
        return new LogfmtParser(extractions(), strict);
    }

    private List<Extraction> extractions() {
        var wanted = new ArrayList<Extraction>();
        while (tokens.peek().kind() == Token.Kind.IDENTIFIER) {
            var label = tokens.take().text();
            wanted.add(new Extraction(label, tokens.takeIf("=") ? tokens.expect(Token.Kind.STRING) : label));
            if (!tokens.peek().is(",")) {
                break;
            }
            tokens.take();
        }
        return wanted;
    }

    private Template template() {
        var token = tokens.peek();
        var text = tokens.expect(Token.Kind.STRING);
        try {
            return new Template(text);
        } catch (LogQlException e) {
            throw tokens.at(token, String.valueOf(e.getMessage()));
        }
    }

    private LabelFormat labelFormat() {
        var changes = new ArrayList<LabelFormat.Change>();
        var named = new HashSet<String>();
        do {
            var target = tokens.peek();
            var name = tokens.expect(Token.Kind.IDENTIFIER);
            if (!named.add(name)) {
                throw tokens.at(target, "multiple label name '" + name + "' not allowed in a single format operation");
            }
            tokens.expect("=");
            changes.add(
                    tokens.peek().kind() == Token.Kind.IDENTIFIER
                            ? new LabelFormat.Rename(name, tokens.take().text())
                            : new LabelFormat.Fill(name, template()));
        } while (tokens.takeIf(","));
        return new LabelFormat(changes);
    }

    private List<LabelMatcher> labelList() {
        var matchers = new ArrayList<LabelMatcher>();
        do {
            var name = tokens.expect(Token.Kind.IDENTIFIER);
            boolean bare = tokens.peek().kind() != Token.Kind.SIGN
                    || !List.of("=", "!=", "=~", "!~").contains(tokens.peek().text())
                    || tokens.peek(1).kind() != Token.Kind.STRING;
            matchers.add(bare ? new LabelMatcher(name, MatchOp.NOT_EQUAL, "") : matcher(name, matchOp()));
        } while (tokens.takeIf(","));
        return matchers;
    }

    /** From left to right, whether they are joined by {@code and} or {@code or}. */
    private LabelFilter.Predicate predicate() {
        var left = onePredicate();
        while (true) {
            if (tokens.takeWordIf("or")) {
                left = new LabelFilter.Or(left, onePredicate());
            } else if (tokens.takeWordIf("and")
                    || tokens.takeIf(",")
                    || (tokens.peek().kind() == Token.Kind.IDENTIFIER
                            && tokens.peek(1).kind() == Token.Kind.SIGN
                            && comparisonAhead())) {
                left = new LabelFilter.And(left, onePredicate());
            } else {
                return left;
            }
        }
    }

    private boolean comparisonAhead() {
        return !List.of("(", ")", "[", "]", ",", "|", "{", "}", "+", "-", "*", "/", "%", "^")
                .contains(tokens.peek(1).text());
    }

    private LabelFilter.Predicate onePredicate() {
        if (tokens.takeIf("(")) {
            if (++depth > MAX_DEPTH) {
                throw tokens.unexpected("fewer parentheses within each other than " + MAX_DEPTH);
            }
            var inner = predicate();
            tokens.expect(")");
            depth--;
            return inner;
        }
        var name = tokens.expect(Token.Kind.IDENTIFIER);
        var sign = tokens.peek();
        if (tokens.peek(1).kind() == Token.Kind.STRING) {
            return new LabelFilter.Text(matcher(name, matchOp()));
        }
        var comparison = comparison();
        double factor = tokens.takeIf("-") ? -1 : 1;
        var value = tokens.take();
        return switch (value.kind()) {
            case NUMBER ->
                number(name, comparison, factor * Units.number(value.text()).orElseThrow(), LabelFilter.Unit.NUMBER);
            case DURATION ->
                number(
                        name,
                        comparison,
                        factor * Units.duration(value.text()).orElseThrow(),
                        LabelFilter.Unit.DURATION);
            case BYTES ->
                number(name, comparison, factor * Units.bytes(value.text()).orElseThrow(), LabelFilter.Unit.BYTES);
            default ->
                throw tokens.at(
                        value,
                        "unexpected " + value.shown() + " after '" + sign.text()
                                + "', expecting STRING, NUMBER, DURATION or BYTES");
        };
    }

    private static LabelFilter.Predicate number(
            String name, Comparison comparison, double value, LabelFilter.Unit unit) {
        return new LabelFilter.Amount(name, comparison, value, unit);
    }

    private Comparison comparison() {
        if (tokens.takeIf("=")) {
            return Comparison.EQUAL;
        }
        for (var comparison : Comparison.values()) {
            if (tokens.takeIf(comparison.sign())) {
                return comparison;
            }
        }
        throw tokens.unexpected("a comparison");
    }
}
