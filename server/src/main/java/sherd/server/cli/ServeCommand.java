package sherd.server.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sherd.server.Node;
import sherd.server.config.NodeConfig;

@Command(
        name = "serve",
        description = {
            "Runs a node. Prints one line on standard output when it serves; logs go to standard error.",
            "SIGTERM ends it: doors close, what was accepted is written, status 0."
        })
final class ServeCommand implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "A TOML file with the configuration.")
    private @Nullable Path config;

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder; the same as --set storage.data=DIR.")
    private @Nullable Path data;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one key of the configuration, such as log.sync=always; may be repeated.")
    private List<String> settings = List.of();

    @Override
    public Integer call() throws InterruptedException {
        long began = System.nanoTime();
        var all = new ArrayList<>(settings);
        if (data != null) {
            all.add("storage.data=" + data);
        }
        var configuration = NodeConfig.read(config, all);
        var end = new EndOfProcess();
        Runtime.getRuntime().addShutdownHook(new Thread(end, "sherd-stop"));
        Node node;
        try {
            node = Node.start(configuration);
        } catch (RuntimeException e) {
            end.leave();
            throw e;
        }
        end.own(node);
        System.out.println(node.readyLine(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began)));
        System.gc(); // what the start leaves goes before the load comes, not in the middle of it
        new CountDownLatch(1).await(); // the signal ends the process, not this thread
        return 0;
    }

    /** Runs when a signal has come, and decides the exit status, which the JVM would set to 128 and the signal. */
    private static final class EndOfProcess implements Runnable {
        private @Nullable Node node;
        private boolean left;

        synchronized void own(Node started) {
            node = started;
        }

        /** The node never came up, and the exit status is somebody else's. */
        synchronized void leave() {
            left = true;
        }

        @Override
        public synchronized void run() {
            if (left) {
                return;
            }
            int status = 0;
            try {
                if (node != null) {
                    node.close();
                }
            } catch (RuntimeException e) {
                System.err.println("sherd: " + e.getMessage());
                status = Main.BAD;
            }
            System.out.flush();
            Runtime.getRuntime().halt(status);
        }
    }
}
