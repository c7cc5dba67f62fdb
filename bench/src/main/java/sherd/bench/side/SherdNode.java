package sherd.bench.side;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Output;
import sherd.server.config.HostPort;

/** A node in a process of its own, on free ports. */
public final class SherdNode extends Side {
    public static final String NAME = "sherd";

    private static final List<String> FREE_PORTS =
            List.of("listen.resp=127.0.0.1:0", "listen.http=127.0.0.1:0", "listen.grpc=127.0.0.1:0");

    private final Path errors;

    private SherdNode(String name, Child child, Path errors) {
        super(name, child);
        this.errors = errors;
    }

    /**
     * Starts {@code sherd serve} in a JVM with the options of this one.
     *
     * @param settings {@code key=value} of the node's configuration
     */
    public static SherdNode start(Path data, List<String> settings) {
        return start(data, settings, List.of());
    }

    /** The same with more options of the JVM; of two that contradict each other the last one counts. */
    public static SherdNode start(Path data, List<String> settings, List<String> options) {
        var command = new ArrayList<>(Jvm.command("sherd.server.cli.Main"));
        command.addAll(command.indexOf("-cp"), options);
        return start(NAME, command, data, settings);
    }

    /** The same through the launcher, as a user starts it. */
    public static SherdNode launch(String name, Path data, List<String> settings) {
        return start(name, List.of(Output.home().resolve("sherd").toString()), data, settings);
    }

    private static SherdNode start(String name, List<String> program, Path data, List<String> settings) {
        var command = new ArrayList<>(program);
        command.addAll(List.of("serve", "--data", data.toString()));
        for (var setting : FREE_PORTS) {
            command.addAll(List.of("--set", setting));
        }
        for (var setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        var errors = data.resolveSibling(data.getFileName() + ".err");
        return new SherdNode(name, Child.start(command, errors, line -> line.startsWith("sherd ready ")), errors);
    }

    @Override
    public HostPort resp() {
        return address("resp");
    }

    public HostPort http() {
        return address("http");
    }

    /** Has its heap collected now. */
    public void collectGarbage() {
        Tool.output(List.of(Jvm.tool("jcmd"), Long.toString(pid()), "GC.run"));
    }

    /** Starts to take a checkpoint; while there is one already, does nothing. */
    public void saveInBackground() {
        call("BGSAVE");
    }

    /** Those that it has taken since its start, by its log. */
    public long checkpoints() {
        try (var lines = Files.lines(errors)) {
            return lines.filter(line -> line.contains(" checkpoint done: ")).count();
        } catch (IOException e) {
            throw new BenchException("cannot read the node's log: " + e, e);
        }
    }

    private HostPort address(String door) {
        var found = Pattern.compile(" " + door + "=(\\S+):(\\d+) ").matcher(readyLine());
        if (!found.find()) {
            throw new BenchException("no " + door + " address in the line '" + readyLine() + "'");
        }
        return new HostPort(found.group(1), Integer.parseInt(found.group(2)));
    }
}
