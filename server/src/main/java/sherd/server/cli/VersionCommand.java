package sherd.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import sherd.server.Version;

@Command(name = "version", description = "Prints the version of sherd and of the JVM it runs on.")
final class VersionCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.println("sherd " + Version.TEXT + " (java " + Runtime.version() + ")");
        return 0;
    }
}
