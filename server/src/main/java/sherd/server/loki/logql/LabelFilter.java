package sherd.server.loki.logql;

import java.util.OptionalDouble;

/** Keeps lines by their labels, those found in the line included. */
record LabelFilter(Predicate predicate) implements Stage {
    /** What is asked of the labels. */
    sealed interface Predicate {
        boolean holds(LogLine line);
    }

    record Text(LabelMatcher matcher) implements Predicate {
        @Override
        public boolean holds(LogLine line) {
            return matcher.matches(line.get(matcher.name()));
        }
    }

    record And(Predicate left, Predicate right) implements Predicate {
        @Override
        public boolean holds(LogLine line) {
            return left.holds(line) && right.holds(line);
        }
    }

    record Or(Predicate left, Predicate right) implements Predicate {
        @Override
        public boolean holds(LogLine line) {
            return left.holds(line) || right.holds(line);
        }
    }

    /** How a label's text becomes a number. */
    enum Unit {
        NUMBER,
        DURATION,
        BYTES;

        OptionalDouble parse(String text) {
            return switch (this) {
                case NUMBER -> Units.number(text);
                case DURATION -> Units.duration(text);
                case BYTES -> Units.bytes(text);
            };
        }
    }

    /** A line whose label is no number stays, with an error; one without the label goes. */
    record Amount(String name, Comparison comparison, double value, Unit unit) implements Predicate {
        @Override
        public boolean holds(LogLine line) {
            if (line.failed()) {
                return true;
            }
            var text = line.get(name);
            if (text.isEmpty()) {
                return false;
            }
            var actual = unit.parse(text);
            if (actual.isEmpty()) {
                line.fail("LabelFilterErr", "not a " + unit.name().toLowerCase(java.util.Locale.ROOT) + ": " + text);
                return true;
            }
            return comparison.holds(actual.getAsDouble(), value);
        }
    }

    @Override
    public boolean process(LogLine line) {
        return predicate.holds(line);
    }
}
