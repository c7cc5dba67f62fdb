package sherd.server.loki.logql;

import java.util.List;

/** Renames labels, or makes new ones. */
record LabelFormat(List<Change> changes) implements Stage {
    /** What happens to the label of that name. */
    sealed interface Change {
        String target();
    }

    record Rename(String target, String source) implements Change {}

    record Fill(String target, Template template) implements Change {}

    LabelFormat {
        changes = List.copyOf(changes);
    }

    @Override
    public boolean process(LogLine line) {
        for (var change : changes) {
            switch (change) {
                case Rename(var target, var source) -> {
                    var value = line.get(source);
                    if (!value.isEmpty()) {
                        line.put(target, value);
                        line.put(source, "");
                    }
                }
                case Fill(var target, var template) -> line.put(target, template.fill(line));
            }
        }
        return true;
    }
}
