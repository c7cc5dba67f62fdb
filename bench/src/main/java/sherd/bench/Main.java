package sherd.bench;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import sherd.bench.crash.CrashCommand;

/** {@code bench list} names the benchmarks, {@code bench NAME [JMH options]} runs one. */
public final class Main {
    private static final String CRASH = "crash";

    private Main() {}

    public static void main(String[] args) throws RunnerException, CommandLineOptionException {
        System.exit(run(List.of(args)));
    }

    private static int run(List<String> args) throws RunnerException, CommandLineOptionException {
        if (args.isEmpty()) {
            System.err.println("which benchmark? usage: sherd bench NAME, or sherd bench list");
            return 2;
        }
        var name = args.getFirst();
        var names = names();
        if (name.equals(CRASH)) {
            return CrashCommand.run(args.subList(1, args.size()));
        }
        if (name.equals("list")) {
            names.forEach(System.out::println);
            return 0;
        }
        if (!names.contains(name)) {
            System.err.println("there is no benchmark " + name + "; sherd bench list names them");
            return 2;
        }
        var more = new CommandLineOptions(args.subList(1, args.size()).toArray(String[]::new));
        new Runner(new OptionsBuilder()
                        .parent(more)
                        .include("\\." + Pattern.quote(name) + "\\.")
                        .build())
                .run();
        return 0;
    }

    /** The simple names of the classes that hold benchmarks, and of what is no benchmark but run like one. */
    private static Set<String> names() {
        var silent = OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT);
        var names = new TreeSet<String>();
        for (var entry : BenchmarkList.defaultList().getAll(silent, List.of())) {
            var type = entry.getUserClassQName();
            names.add(type.substring(type.lastIndexOf('.') + 1));
        }
        names.add(CRASH);
        return names;
    }
}
