package sherd.bench.side;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import sherd.bench.frame.BenchException;
import sherd.server.config.HostPort;

/** A server process that this one has started; it does not outlive it. */
final class Child implements AutoCloseable {
    private static final long READY_SECONDS = 300;
    private static final long STOP_SECONDS = 30;
    private static final long KNOCK_NANOS = 5_000_000;
    private static final int SHOWN = 2_000;

    private final Process process;
    private final Thread atExit;
    private final String readyLine;
    private final long readyNanos;

    private Child(Process process, Thread atExit, String readyLine, long readyNanos) {
        this.process = process;
        this.atExit = atExit;
        this.readyLine = readyLine;
        this.readyNanos = readyNanos;
    }

    /**
     * Returns once the server has printed the line that says that it serves.
     *
     * @param errors where its standard error goes
     */
    static Child start(List<String> command, Path errors, Predicate<String> ready) {
        return start(
                command, errors, (process, line) -> read(process.inputReader(StandardCharsets.UTF_8), ready, line));
    }

    /** The same for a server that prints no such line: returns once it takes connections. */
    static Child start(List<String> command, Path errors, HostPort address) {
        return start(command, errors, (process, line) -> knock(process, address, line));
    }

    private static Child start(
            List<String> command, Path errors, BiConsumer<Process, CompletableFuture<Ready>> awaiter) {
        long began = System.nanoTime();
        Process process;
        try {
            process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        } catch (IOException e) {
            throw new BenchException(
                    "cannot start " + command.getFirst() + "; ./verify installs what benchmarks need: "
                            + e.getMessage(),
                    e);
        }
        var atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        var line = new CompletableFuture<Ready>();
        Thread.ofVirtual().start(() -> awaiter.accept(process, line));
        try {
            var first = line.get(READY_SECONDS, TimeUnit.SECONDS);
            return new Child(process, atExit, first.line(), first.nanos() - began);
        } catch (ExecutionException | TimeoutException e) {
            end(process, atExit);
            throw new BenchException("not ready: " + String.join(" ", command) + "; it said: " + lastOf(errors), e);
        } catch (InterruptedException e) {
            end(process, atExit);
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while starting " + command.getFirst(), e);
        }
    }

    private static void knock(Process process, HostPort address, CompletableFuture<Ready> first) {
        while (process.isAlive() && !first.isDone()) {
            try (var _ = new Socket(address.host(), address.port())) {
                first.complete(new Ready("", System.nanoTime()));
            } catch (IOException e) {
                LockSupport.parkNanos(KNOCK_NANOS); // not yet
            }
        }
        first.completeExceptionally(new BenchException("it ended before it was ready"));
    }

    /** The last of what it said, since the file goes with the benchmark's folder. */
    private static String lastOf(Path errors) {
        try {
            var text = Files.readString(errors, StandardCharsets.ISO_8859_1).strip();
            return text.substring(Math.max(0, text.length() - SHOWN));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private record Ready(String line, long nanos) {}

    /** Reads to the end, so that the server never waits for a reader. */
    private static void read(BufferedReader lines, Predicate<String> ready, CompletableFuture<Ready> first) {
        try (lines) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (ready.test(line)) {
                    first.complete(new Ready(line, System.nanoTime()));
                }
            }
            first.completeExceptionally(new BenchException("it ended before it was ready"));
        } catch (IOException e) {
            first.completeExceptionally(e);
        }
    }

    long pid() {
        return process.pid();
    }

    String readyLine() {
        return readyLine;
    }

    /** From the call that started the process to the line that says that it serves. */
    long readyNanos() {
        return readyNanos;
    }

    /** SIGKILL. */
    void kill() {
        end(process, atExit);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(process, atExit);
    }

    /** Returns when it is gone. */
    private static void end(Process process, Thread atExit) {
        process.destroyForcibly();
        process.onExit().join();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
