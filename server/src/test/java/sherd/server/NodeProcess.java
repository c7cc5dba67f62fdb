package sherd.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** A node in a process of its own, started as the launcher would start it, on free ports. */
final class NodeProcess implements AutoCloseable {
    private static final Pattern READY =
            Pattern.compile("sherd ready resp=127\\.0\\.0\\.1:(\\d+) http=127\\.0\\.0\\.1:(\\d+) .*");
    /** Options of a JVM that does little and ends: it does not live to run what it would compile once more. */
    static final List<String> SHORT = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1");

    private static final int PATIENCE_SECONDS = 60;
    private static final int LOOK_MILLIS = 5;

    private final Process process;
    private final int respPort;
    private final int httpPort;
    private final LongAccumulator peak = new LongAccumulator(Math::max, 0);

    private NodeProcess(Process process, int respPort, int httpPort) {
        this.process = process;
        this.respPort = respPort;
        this.httpPort = httpPort;
        Thread.ofPlatform().daemon().name("memory-of-node").start(this::watch);
    }

    /** Returns once the node serves; its log goes to {@code log}. */
    static NodeProcess start(Path data, Path log, List<String> options, String... settings) throws IOException {
        var command = command(options, "serve", "--data", data.toString());
        for (var door : List.of("resp", "http", "grpc")) {
            command.addAll(List.of("--set", "listen." + door + "=127.0.0.1:0"));
        }
        for (var setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        var builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "262144");
        builder.environment().put("MALLOC_TRIM_THRESHOLD_", "262144");
        var process = builder.start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var line = String.valueOf(out.readLine());
        var ready = READY.matcher(line);
        if (!ready.matches()) {
            process.destroyForcibly();
            throw new IllegalStateException("the node did not start: '" + line + "' " + Files.readString(log));
        }
        return new NodeProcess(process, Integer.parseInt(ready.group(1)), Integer.parseInt(ready.group(2)));
    }

    /** What runs a verb of the command line. */
    static List<String> command(List<String> options, String... words) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "sherd.server.cli.Main"));
        command.addAll(List.of(words));
        return command;
    }

    int respPort() {
        return respPort;
    }

    String url(String path) {
        return "http://127.0.0.1:" + httpPort + path;
    }

    /**
     * The most memory the process had of its own at any look, since the start. Pages of mapped files are not its own:
     * they are the system's cache.
     */
    long peakOwnBytes() {
        return peak.get();
    }

    private void watch() {
        while (process.isAlive()) {
            try {
                long own = 0;
                for (var line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
                    if (line.startsWith("RssAnon:") || line.startsWith("RssShmem:")) {
                        own += Long.parseLong(line.replaceAll("\\D", "")) << 10;
                    }
                }
                peak.accumulate(own);
            } catch (IOException ended) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        }
    }

    /** Ends it as an operator would; returns its status. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the node did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
