package sherd.bench;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;
import sherd.bench.frame.BenchException;

@Command(
        name = "jmh",
        description =
                "A JMH benchmark of a part by the name of its class, with JMH's own options; without one, lists them.")
final class JmhBench implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "The simple name of a class.")
    private String name = "";

    @Unmatched
    private List<String> options = List.of();

    @Override
    public Integer call() throws RunnerException, CommandLineOptionException {
        var names = names();
        if (name.isEmpty()) {
            names.forEach(System.out::println);
            return 0;
        }
        if (!names.contains(name)) {
            throw new BenchException("there is no JMH benchmark " + name + "; there are " + String.join(", ", names));
        }
        new Runner(new OptionsBuilder()
                        .parent(new CommandLineOptions(options.toArray(String[]::new)))
                        .include("\\." + Pattern.quote(name) + "\\.")
                        .build())
                .run();
        return 0;
    }

    private static Set<String> names() {
        var silent = OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT);
        var names = new TreeSet<String>();
        for (var entry : BenchmarkList.defaultList().getAll(silent, List.of())) {
            var type = entry.getUserClassQName();
            names.add(type.substring(type.lastIndexOf('.') + 1));
        }
        return names;
    }
}
