package sherd.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;
import sherd.engine.error.ErrorCode.Category;
import sherd.engine.error.StoreException;
import sherd.server.config.ConfigException;

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

    /** Failures that have been thought of end in a sentence; only a bug shows where it happened. */
    private static int report(Exception failure, CommandLine verb, ParseResult parsed) throws Exception {
        return switch (failure) {
            case ConfigException wrong -> complain(verb, wrong, 2);
            case StoreException known when known.code().category() != Category.INTERNAL -> complain(verb, known, 1);
            default -> throw failure;
        };
    }

    private static int complain(CommandLine verb, Exception failure, int status) {
        verb.getErr().println("sherd: " + failure.getMessage());
        return status;
    }

    static int run(String... args) {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler(Main::report)
                .execute(args);
    }
}
