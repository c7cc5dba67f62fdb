package sherd.server.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;
import sherd.engine.error.ErrorCode.Category;
import sherd.engine.error.StoreException;
import sherd.engine.schema.TableName;
import sherd.server.config.ConfigException;

/** The launcher's entry. Exit status: 0 done, 1 the thing asked about is bad, 2 wrong use. */
@Command(
        name = "sherd",
        description = "A sharded, tiered array store.",
        synopsisSubcommandLabel = "VERB",
        footer = "  bench    Runs a benchmark; sherd bench list names them.",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            LoadCommand.class,
            SearchCommand.class,
            CheckCommand.class,
            ExportCommand.class,
            SegmentCommand.class,
            VersionCommand.class,
            HelpCommand.class
        })
public final class Main {
    /** The thing asked about is bad. */
    static final int BAD = 1;

    static final int WRONG_USE = 2;

    private Main() {}

    public static void main(String[] args) {
        // What is stored is UTF-8, and is printed so in every locale.
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Main())
                .registerConverter(TableName.class, Main::tableName)
                .setExecutionExceptionHandler(Main::report)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }

    private static TableName tableName(String text) {
        try {
            return TableName.parse(text);
        } catch (StoreException notOne) {
            throw new CommandLine.TypeConversionException(notOne.getMessage());
        }
    }

    /** Failures that have been thought of end in a sentence; only a bug shows where it happened. */
    private static int report(Exception failure, CommandLine verb, ParseResult parsed) throws Exception {
        return switch (failure) {
            case ConfigException wrong -> complain(verb, wrong, WRONG_USE);
            case WrongUseException wrong -> complain(verb, wrong, WRONG_USE);
            case BadException bad -> complain(verb, bad, BAD);
            case StoreException known when known.code().category() != Category.INTERNAL -> complain(verb, known, BAD);
            default -> throw failure;
        };
    }

    private static int complain(CommandLine verb, Exception failure, int status) {
        verb.getErr().println("sherd: " + failure.getMessage());
        return status;
    }
}
