package sherd.server.loki.logql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A query: for lines, or for numbers made of them. */
public sealed interface Expr {
    /** Reads a query, or throws an exception that points at the character where it is none. */
    static Expr parse(String text) {
        return new LogQlParser(text).parse();
    }

    /** Reads {@code {app="x"}} and nothing else; an empty one selects all streams. */
    static List<LabelMatcher> parseSelector(String text) {
        return new LogQlParser(text).parseSelectorOnly();
    }

    /** Lines of the streams that all matchers match, as the pipeline leaves them. */
    record Log(List<LabelMatcher> selector, List<Stage> stages) implements Expr {
        public Log {
            selector = List.copyOf(selector);
            stages = List.copyOf(stages);
        }

        public boolean selects(Labels stream) {
            for (var matcher : selector) {
                if (!matcher.matches(stream)) {
                    return false;
                }
            }
            return true;
        }

        /** Runs the pipeline; false if the line is dropped. */
        public boolean keeps(LogLine line) {
            for (var stage : stages) {
                if (!stage.process(line)) {
                    return false;
                }
            }
            return true;
        }

        /** Texts, each of which every kept line contains in some case before the pipeline changes it. */
        public List<String> contained() {
            var texts = new ArrayList<String>();
            for (var stage : stages) {
                if (stage instanceof LineFormat || stage instanceof Decolorize) {
                    break;
                }
                if (stage instanceof LineFilter filter && !filter.contained().isEmpty()) {
                    texts.add(filter.contained());
                }
            }
            return texts;
        }
    }

    /** Numbers. */
    sealed interface Metric extends Expr {}

    /** A number for each stream of lines, of the lines in a range of time before each point. */
    record Range(
            RangeFunction function,
            Log log,
            Optional<Unwrap> unwrap,
            long rangeNanos,
            long offsetNanos,
            Optional<Grouping> grouping)
            implements Metric {}

    /** One number for each group of those that another expression gives. */
    record Aggregation(AggregateFunction function, int count, Metric inner, Optional<Grouping> grouping)
            implements Metric {}

    /** Two numbers become one, or decide whether the left one stays. */
    record Binary(BinaryOperator operator, Metric left, Metric right, boolean bool, Optional<Matching> matching)
            implements Metric {}

    /** A number without labels; as a vector, one that has a place in every result. */
    record Constant(double value, boolean vector) implements Metric {}

    /** Labels that stay, or that go. */
    record Grouping(boolean without, Set<String> names) {
        public Grouping {
            names = Set.copyOf(names);
        }

        public Labels of(Labels labels) {
            return without ? labels.without(names) : labels.only(names);
        }
    }

    /** Which labels two sides must share: those named, or all others. */
    record Matching(boolean ignoring, Set<String> names) {
        public Matching {
            names = Set.copyOf(names);
        }

        public Labels of(Labels labels) {
            return ignoring ? labels.without(names) : labels.only(names);
        }
    }
}
