package sherd.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The launcher's entry. Exit status: 0 done, 1 the thing asked about is bad, 2 wrong use. */
@Command(
        name = "sherd",
        description = "A sharded, tiered array store.",
        synopsisSubcommandLabel = "VERB",
        footer = "  bench    Runs a benchmark; sherd bench list names them.",
        subcommands = {VersionCommand.class, HelpCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Main()).execute(args);
    }
}
