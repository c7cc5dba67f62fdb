package sherd.server.loki.logql;

import java.util.List;

/** Takes all other labels away; errors stay. */
record KeepLabels(List<LabelMatcher> matchers) implements Stage {
    KeepLabels {
        matchers = List.copyOf(matchers);
    }

    @Override
    public boolean process(LogLine line) {
        var labels = line.labels();
        for (int i = 0; i < labels.size(); i++) {
            var name = labels.name(i);
            var value = labels.value(i);
            boolean kept = name.equals(LogLine.ERROR)
                    || name.equals(LogLine.ERROR_DETAILS)
                    || matchers.stream().anyMatch(matcher -> matcher.name().equals(name) && matcher.matches(value));
            if (!kept) {
                line.remove(name);
            }
        }
        return true;
    }
}
