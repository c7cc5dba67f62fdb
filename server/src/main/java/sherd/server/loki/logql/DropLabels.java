package sherd.server.loki.logql;

import java.util.List;

/** Takes labels away: by name, or if their value matches. */
record DropLabels(List<LabelMatcher> matchers) implements Stage {
    DropLabels {
        matchers = List.copyOf(matchers);
    }

    @Override
    public boolean process(LogLine line) {
        for (var matcher : matchers) {
            if (matcher.matches(line.get(matcher.name()))) {
                line.remove(matcher.name());
            }
        }
        return true;
    }
}
