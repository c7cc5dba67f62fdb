package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sherd.server.config.HostPort;

/** A node in a process of its own, its doors on free ports. */
final class ServeProcess implements AutoCloseable {
    private static final long MOST_SECONDS = 60;

    private final Process process;
    private final String ready;

    ServeProcess(Path data, String... settings) throws IOException {
        this(List.of(), data, settings);
    }

    private ServeProcess(List<String> behind, Path data, String... settings) throws IOException {
        var arguments = new ArrayList<>(List.of("serve", "--data", data.toString()));
        for (var setting : ServingNode.FREE_PORTS) {
            arguments.addAll(List.of("--set", setting));
        }
        for (var setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        var command = new ArrayList<>(behind);
        command.addAll(java(arguments));
        var builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(
                data.resolveSibling("serve.log").toFile()));
        process = builder.start();
        var line = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
        if (line == null) {
            process.destroyForcibly();
            throw new AssertionError("the node did not start: " + Files.readString(data.resolveSibling("serve.log")));
        }
        ready = line;
    }

    /** The same behind a command that becomes the node, as {@code prlimit} does. */
    static ServeProcess behind(List<String> command, Path data, String... settings) throws IOException {
        return new ServeProcess(command, data, settings);
    }

    private static List<String> java(List<String> arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(arguments);
        return command;
    }

    /** Runs a verb to its end, behind another command if one is given. */
    static Cli.Result verb(List<String> behind, String... arguments) throws IOException, InterruptedException {
        var out = Files.createTempFile("out", ".txt");
        var err = Files.createTempFile("err", ".txt");
        var command = new ArrayList<>(behind);
        command.addAll(java(List.of(arguments)));
        var process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            process.getOutputStream().close();
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
            return new Cli.Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
            Files.delete(out);
            Files.delete(err);
        }
    }

    HostPort resp() {
        return address("resp");
    }

    HostPort http() {
        return address("http");
    }

    private HostPort address(String door) {
        int start = ready.indexOf(door + "=") + door.length() + 1;
        var text = ready.substring(start, ready.indexOf(' ', start));
        int colon = text.lastIndexOf(':');
        return new HostPort(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    long pid() {
        return process.pid();
    }

    /** What it printed when it could serve. */
    String ready() {
        return ready;
    }

    /** Sends SIGTERM; returns the exit status. */
    int terminate() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
