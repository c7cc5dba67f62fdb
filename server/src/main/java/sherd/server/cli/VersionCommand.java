package sherd.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints the version of sherd and of the JVM it runs on.")
final class VersionCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        System.out.println("sherd " + version() + " (java " + Runtime.version() + ")");
        return 0;
    }

    /** Only a packaged build knows its version; classes run from a folder do not. */
    private static String version() {
        @Nullable String packaged = VersionCommand.class.getPackage().getImplementationVersion();
        return packaged == null ? "development" : packaged;
    }
}
