package sherd.bench.run;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What the user wants of the node's configuration. A mixin: every benchmark that starts a node has this option. */
final class NodeSettings {
    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the node; may be repeated.")
    private List<String> given = List.of();

    /** The user's settings and those the benchmark depends on, which win. */
    List<String> with(String... needed) {
        return joined(given, List.of(needed));
    }

    /** The benchmark's usual settings and the user's, which win. */
    List<String> over(String... usual) {
        return joined(List.of(usual), given);
    }

    private static List<String> joined(List<String> first, List<String> winning) {
        var all = new ArrayList<>(first);
        all.addAll(winning);
        return all;
    }

    /** For the report. */
    @Override
    public String toString() {
        return String.join(" ", given);
    }
}
