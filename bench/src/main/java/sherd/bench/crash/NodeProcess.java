package sherd.bench.crash;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sherd.engine.log.SyncPolicy;
import sherd.server.config.HostPort;

/** A node in a process of its own, started as {@code sherd serve} starts one. Its logs go to a file. */
final class NodeProcess implements AutoCloseable {
    private static final String MAIN = "sherd.server.cli.Main";
    private static final Pattern READY =
            Pattern.compile("sherd ready resp=(\\S+):(\\d+) http=(\\S+):(\\d+) grpc=\\S+ data=.* in \\d+ ms");
    private static final List<String> JVM = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:MaxDirectMemorySize=256m",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");
    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final Path log;
    private @Nullable HostPort resp;
    private @Nullable HostPort http;

    private NodeProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Does not wait for it; see {@link #awaitReady}. */
    static NodeProcess start(Path data, Path log, SyncPolicy sync) throws IOException {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(JVM);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "serve", "--data", data.toString()));
        for (var setting : List.of(
                "listen.resp=127.0.0.1:0",
                "listen.http=127.0.0.1:0",
                "listen.grpc=127.0.0.1:0",
                "storage.memory-limit=256MiB",
                // Small, so that kills meet checkpoints.
                "log.checkpoint=1MiB",
                // So that kills meet merges, too.
                "archive.merge-width=2",
                "log.sync=" + sync.name().toLowerCase(Locale.ROOT))) {
            words.addAll(List.of("--set", setting));
        }
        var process = new ProcessBuilder(words)
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectError(Redirect.appendTo(log.toFile()))
                .start();
        return new NodeProcess(process, log);
    }

    /** @throws IOException with the end of its log if it ends without becoming ready */
    void awaitReady() throws IOException {
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        var line = out.readLine();
        var ready = READY.matcher(line == null ? "" : line);
        if (!ready.matches()) {
            throw new IOException("the node did not start: " + (line == null ? "it ended" : line) + "; its log ends "
                    + tail(Files.readString(log)));
        }
        resp = new HostPort(ready.group(1), Integer.parseInt(ready.group(2)));
        http = new HostPort(ready.group(3), Integer.parseInt(ready.group(4)));
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 2000)).strip();
    }

    HostPort resp() {
        return required(resp);
    }

    HostPort http() {
        return required(http);
    }

    private static HostPort required(@Nullable HostPort address) {
        if (address == null) {
            throw new IllegalStateException("the node is not ready");
        }
        return address;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() throws IOException {
        process.destroyForcibly();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the node is still there after SIGKILL: pid=" + process.pid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the node was being killed", e);
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }
}
