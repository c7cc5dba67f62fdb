package sherd.bench;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;
import sherd.bench.crash.CrashCommand;
import sherd.bench.engine.EngineRun;
import sherd.bench.frame.BenchException;
import sherd.bench.fuzz.FuzzCommand;
import sherd.bench.run.ArchiveIndexBench;
import sherd.bench.run.ArchiveIngestBench;
import sherd.bench.run.ArchiveLuceneBench;
import sherd.bench.run.ArchiveSearchBench;
import sherd.bench.run.ArchiveSendBench;
import sherd.bench.run.ArchiveSparseBench;
import sherd.bench.run.ArchiveZeroCopyBench;
import sherd.bench.run.ArraysBench;
import sherd.bench.run.AttributeBench;
import sherd.bench.run.BuffersBench;
import sherd.bench.run.ConnectionsBench;
import sherd.bench.run.GatewayBench;
import sherd.bench.run.GrowthBench;
import sherd.bench.run.LatencyBench;
import sherd.bench.run.LoadBench;
import sherd.bench.run.MemoryBench;
import sherd.bench.run.PoolBench;
import sherd.bench.run.RecoveryBench;
import sherd.bench.run.RespBench;
import sherd.bench.run.SearchBench;
import sherd.bench.run.StartupBench;
import sherd.bench.run.SteadyBench;

/** {@code bench list} names the benchmarks, {@code bench NAME [options]} runs one, {@code bench NAME --help} explains it. */
public final class Main {
    /** What there is, in the order in which it is listed. Each run has an object of its own, since options stay in it. */
    private static final List<Supplier<Callable<Integer>>> BENCHMARKS = List.of(
            RespBench::new,
            LatencyBench::new,
            SteadyBench::new,
            AttributeBench::new,
            GatewayBench::new,
            StartupBench::new,
            RecoveryBench::new,
            MemoryBench::new,
            ConnectionsBench::new,
            GrowthBench::new,
            LoadBench::new,
            SearchBench::new,
            ArchiveIndexBench::new,
            ArchiveIngestBench::new,
            ArchiveZeroCopyBench::new,
            ArchiveSendBench::new,
            ArchiveSparseBench::new,
            ArchiveSearchBench::new,
            ArchiveLuceneBench::new,
            EngineRun::new,
            BuffersBench::new,
            PoolBench::new,
            ArraysBench::new,
            CrashCommand::new,
            FuzzCommand::new,
            JmhBench::new,
            PaperBench::new,
            AllBench::new);

    private static final int BAD = 1;
    private static final int WRONG_USE = 2;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        if (args.length == 0) {
            System.err.println("which benchmark? usage: sherd bench NAME, or sherd bench list");
            return WRONG_USE;
        }
        var name = args[0];
        if (name.equals("list")) {
            benchmarks()
                    .forEach(benchmark ->
                            System.out.printf(Locale.ROOT, "%-16s %s%n", name(benchmark), line(benchmark)));
            return 0;
        }
        for (var benchmark : benchmarks()) {
            if (name.equals(name(benchmark))) {
                var command = new CommandLine(benchmark);
                command.getCommandSpec().mixinStandardHelpOptions(true);
                return command.setCaseInsensitiveEnumValuesAllowed(true)
                        .setExecutionExceptionHandler(Main::report)
                        .execute(List.of(args).subList(1, args.length).toArray(String[]::new));
            }
        }
        System.err.println("there is no benchmark " + name + "; sherd bench list names them");
        return WRONG_USE;
    }

    static boolean has(String name) {
        return benchmarks().stream().anyMatch(benchmark -> name.equals(name(benchmark)));
    }

    private static List<Callable<Integer>> benchmarks() {
        return BENCHMARKS.stream().<Callable<Integer>>map(Supplier::get).toList();
    }

    private static String name(Callable<Integer> benchmark) {
        return about(benchmark).name();
    }

    /** Its header, if it has more to say than one line. */
    private static String line(Callable<Integer> benchmark) {
        var about = about(benchmark);
        return String.join(" ", about.header().length > 0 ? about.header() : about.description());
    }

    private static Command about(Callable<Integer> benchmark) {
        return benchmark.getClass().getAnnotation(Command.class);
    }

    private static int report(Exception failure, CommandLine benchmark, ParseResult parsed) throws Exception {
        if (failure instanceof BenchException known) {
            System.err.println("sherd bench: " + known.getMessage());
            return BAD;
        }
        throw failure;
    }
}
