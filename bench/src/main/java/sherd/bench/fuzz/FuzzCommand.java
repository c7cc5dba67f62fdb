package sherd.bench.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.engine.time.SystemClock;

@Command(
        name = "fuzz",
        header = "Bytes that nobody meant to send or store, against everything that reads bytes from outside.",
        description = {
            "Bytes that nobody meant to send or store, against everything that reads bytes from outside.",
            "Inputs that fail are kept in target/fuzz; the status is 1 if there was one."
        })
public final class FuzzCommand implements Callable<Integer> {
    private static final long HANG_MILLIS = 10_000;

    @Option(names = "--target", split = ",", description = "Only these (default: all).")
    private List<String> targets = Targets.names();

    @Option(names = "--seconds", description = "For each target (default: ${DEFAULT-VALUE}).")
    private long seconds = 10;

    @Option(names = "--executions", description = "At most, for each target.")
    private long executions = Long.MAX_VALUE;

    @Option(names = "--seed", description = "Of what is chosen at random; the line of a run names it.")
    private long seed = ThreadLocalRandom.current().nextLong();

    @Option(names = "--input", description = "Gives only this file to the target.")
    private Path input = Path.of("");

    @Option(
            names = "--guided",
            description = "By Jazzer, which sees what an input reaches; what it finds are seeds of later runs.")
    private boolean guided;

    @Override
    public Integer call() throws IOException {
        var folder = Path.of(System.getProperty("sherd.home", "."), "target", "fuzz");
        long total = 0;
        long crashes = 0;
        for (var name : targets) {
            var corpus = folder.resolve("corpus").resolve(name);
            Campaign.Outcome outcome;
            if (guided) {
                outcome = new GuidedRun(name, corpus, folder).run(seconds);
            } else if (!input.toString().isEmpty()) {
                outcome = campaign(name, folder).run(List.of(Files.readAllBytes(input)));
            } else {
                outcome = campaign(name, folder).run(kept(corpus), seed, seconds * 1000, executions);
            }
            outcome.crashes().forEach(System.out::println);
            System.out.printf(
                    Locale.ROOT,
                    "fuzz: target=%s executions=%d crashes=%d seed=%d %s%n",
                    name,
                    outcome.executions(),
                    outcome.crashes().size(),
                    seed,
                    outcome.crashes().isEmpty() ? "ok" : "FAILED");
            total += outcome.executions();
            crashes += outcome.crashes().size();
        }
        System.out.printf(
                Locale.ROOT,
                "fuzz: targets=%d executions=%d crashes=%d %s%n",
                targets.size(),
                total,
                crashes,
                crashes == 0 ? "ok" : "FAILED");
        return crashes == 0 ? 0 : 1;
    }

    private static Campaign campaign(String name, Path folder) {
        return new Campaign(name, folder, new SystemClock(), HANG_MILLIS);
    }

    private static List<byte[]> kept(Path corpus) {
        var inputs = new ArrayList<byte[]>();
        if (Files.isDirectory(corpus)) {
            try (var files = Files.list(corpus)) {
                for (var file : files.sorted().toList()) {
                    inputs.add(Files.readAllBytes(file));
                }
            } catch (IOException e) {
                throw new BenchException("cannot read the seeds in " + corpus + ": " + e, e);
            }
        }
        return inputs;
    }
}
