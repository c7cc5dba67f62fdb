package sherd.bench.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import sherd.bench.frame.BenchException;

/** Jazzer in a process of its own, since its libFuzzer ends the process it is in. */
final class GuidedRun {
    private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units: (\\d+)");
    private static final Pattern LAST = Pattern.compile("(?m)^#(\\d+)\\s");
    private static final int SHOWN = 3_000;
    private static final int HANG_SECONDS = 10;

    private final String name;
    private final Path corpus;
    private final Path folder;

    GuidedRun(String name, Path corpus, Path folder) {
        this.name = name;
        this.corpus = corpus;
        this.folder = folder;
    }

    Campaign.Outcome run(long seconds) throws IOException {
        Files.createDirectories(corpus);
        int at = 0;
        try (var target = Targets.open(name)) {
            for (var seed : target.seeds()) {
                Files.write(corpus.resolve("seed-" + at++), seed);
            }
        }
        var log = folder.resolve("guided-" + name + ".log");
        var process = new ProcessBuilder(command(seconds))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int status;
        try {
            status = process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while Jazzer ran", e);
        }
        var said = Files.readString(log, StandardCharsets.ISO_8859_1);
        var crashes = status == 0
                ? List.<String>of()
                : List.of("crash: target=" + name + " status=" + status + " log=" + log + "\n"
                        + said.substring(Math.max(0, said.length() - SHOWN)));
        return new Campaign.Outcome(executions(said), crashes);
    }

    private static long executions(String said) {
        long most = 0;
        for (var pattern : List.of(EXECUTIONS, LAST)) {
            for (var found = pattern.matcher(said); found.find(); ) {
                most = Math.max(most, Long.parseLong(found.group(1)));
            }
        }
        return most;
    }

    private List<String> command(long seconds) {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of(
                "-Xmx512m",
                "-XX:MaxDirectMemorySize=512m",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Guided.class.getName(),
                "--target_args=" + name,
                "--instrumentation_includes=sherd.engine.**:sherd.server.**",
                "--custom_hook_excludes=**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/guided-" + name + "-",
                "-print_final_stats=1",
                "-timeout=" + HANG_SECONDS,
                "-rss_limit_mb=3000",
                "-max_total_time=" + seconds,
                corpus.toString()));
        return words;
    }
}
