package sherd.bench.side;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command of a JVM like this one: the launcher gives benchmarks the options that it gives nodes, so a child with
 * this process's options is a node as users run it, with no second list to keep alike.
 */
public final class Jvm {
    /** A system property of this process: options that its children have besides, one a line. */
    public static final String MORE_OPTIONS = "sherd.bench.child-options";

    private Jvm() {}

    static String program() {
        return tool("java");
    }

    /** A program of this JDK. */
    static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    public static List<String> moreOptions() {
        return System.getProperty(MORE_OPTIONS, "").lines().toList();
    }

    static List<String> command(String main) {
        var words = new ArrayList<String>();
        words.add(program());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-agentlib:") && !option.startsWith("-javaagent:"))
                .forEach(words::add);
        words.addAll(moreOptions());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        return words;
    }
}
