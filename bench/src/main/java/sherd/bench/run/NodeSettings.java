package sherd.bench.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import sherd.bench.side.SherdNode;

/** What the user wants of the node that a benchmark starts. A mixin. */
final class NodeSettings {
    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the node; may be repeated.")
    private List<String> given = List.of();

    @Option(
            names = "--launcher",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Start the node with ./sherd serve, as users do, and not from the benchmark's own class path, where"
                            + " nothing is kept of the build's rehearsal (default: yes).")
    private boolean launcher;

    /** Starts a node with these settings and no others. */
    SherdNode start(Path data, List<String> settings) {
        return launcher ? SherdNode.launch(SherdNode.NAME, data, settings) : SherdNode.start(data, settings);
    }

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
        return String.join(" ", given) + (launcher ? "" : " (no launcher)");
    }
}
