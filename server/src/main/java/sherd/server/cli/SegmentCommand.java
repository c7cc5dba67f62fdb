package sherd.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "segment",
        description = "Looks into segments, the archive files of a data folder. Needs no node.",
        synopsisSubcommandLabel = "(list | show | cat | index)",
        subcommands = {
            SegmentListCommand.class,
            SegmentShowCommand.class,
            SegmentCatCommand.class,
            SegmentIndexCommand.class
        })
final class SegmentCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing required subcommand: list, show, cat or index");
    }
}
