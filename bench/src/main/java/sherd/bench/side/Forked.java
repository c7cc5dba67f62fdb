package sherd.bench.side;

import java.util.ArrayList;
import java.util.List;

/** A main class in a JVM with the options of this one, to its end: its compiler sees nothing else. */
public final class Forked {
    private Forked() {}

    /**
     * Runs it, and returns what it printed.
     *
     * @param options of the JVM besides this one's; of two that contradict each other the last one counts
     */
    public static String run(Class<?> main, List<String> options, List<String> arguments) {
        var command = new ArrayList<>(Jvm.command(main.getName()));
        command.addAll(command.indexOf("-cp"), options);
        command.addAll(arguments);
        return Tool.output(command);
    }
}
