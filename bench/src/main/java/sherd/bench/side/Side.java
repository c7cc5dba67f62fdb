package sherd.bench.side;

import java.io.IOException;
import java.util.List;
import sherd.bench.frame.BenchException;
import sherd.bench.load.Dialect;
import sherd.server.cli.RespClient;
import sherd.server.config.HostPort;

/** A server that takes part in a comparison. It runs until it is closed. */
public abstract class Side implements AutoCloseable {
    private final String name;
    private final Child child;

    Side(String name, Child child) {
        this.name = name;
        this.child = child;
    }

    /** As it is called in tables. */
    public final String name() {
        return name;
    }

    public final long pid() {
        return child.pid();
    }

    public final long readyNanos() {
        return child.readyNanos();
    }

    final String readyLine() {
        return child.readyLine();
    }

    /** How it is spoken to. */
    public Dialect dialect() {
        return Dialect.RESP;
    }

    /** Where it takes commands; in RESP, unless {@link #dialect} says otherwise. */
    public abstract HostPort resp();

    /** What it answers to a command, as redis-cli would show it. */
    final String call(String... words) {
        try (var client = new RespClient(resp())) {
            return client.call(List.of(words)).shown();
        } catch (IOException e) {
            throw new BenchException("cannot ask " + name + " for " + words[0] + ": " + e, e);
        }
    }

    /** SIGKILL, as a crash. */
    public final void kill() {
        child.kill();
    }

    /** SIGTERM, and waits for the end. */
    @Override
    public final void close() {
        child.close();
    }
}
