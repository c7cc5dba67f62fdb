package sherd.bench.frame;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where and of what a report is. */
record Machine(String cpu, int cores, long memoryBytes, String kernel, String jdk, String commit) {
    /** @param home the checkout whose commit is meant */
    static Machine here(Path home) throws IOException {
        return new Machine(
                field(Path.of("/proc/cpuinfo"), "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal").replace(" kB", "")) << 10,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vendor.version", "") + " (" + System.getProperty("java.runtime.version") + ")",
                commit(home));
    }

    private static String field(Path file, String name) throws IOException {
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        }
    }

    /** With {@code +} if the checkout differs from it; {@code unknown} outside a checkout. */
    private static String commit(Path home) {
        var commit = git(home, "rev-parse", "--short=10", "HEAD");
        if (commit.isEmpty()) {
            return "unknown";
        }
        return git(home, "status", "--porcelain", "--untracked-files=no", "--", "*.java", "sherd", "pom.xml")
                        .isEmpty()
                ? commit
                : commit + "+";
    }

    private static String git(Path home, String... words) {
        var command = new ArrayList<>(List.of("git", "-C", home.toString()));
        command.addAll(List.of(words));
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? text : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public String toString() {
        return cpu + ", " + cores + " cores, " + (memoryBytes >> 30) + " GiB, " + kernel + ", " + jdk + ", commit "
                + commit;
    }
}
