package sherd.server.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sherd.engine.Engine;
import sherd.engine.error.Fault;

@Command(
        name = "check",
        description = {
            "Verifies a data folder that no node has open: every checksum and every invariant. Changes nothing.",
            "Prints one line that begins with ok, or one line per fault and ends with status 1."
        })
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The data folder.")
    private Path folder = Path.of("");

    @Override
    public Integer call() {
        var report = Engine.report(Folders.existing(folder));
        for (var note : report.notes()) {
            System.err.println("note: " + line(note));
        }
        if (report.faults().isEmpty()) {
            System.out.println("ok: " + report.files() + " files, " + report.bytes() + " bytes, " + report.rows()
                    + " rows in segments verified");
            return 0;
        }
        report.faults().forEach(fault -> System.out.println(line(fault)));
        return Main.BAD;
    }

    private static String line(Fault fault) {
        var file = fault.file().isEmpty() ? "data folder" : fault.file();
        return file + (fault.offset() > 0 ? " at byte " + fault.offset() : "") + ": " + Printable.of(fault.problem());
    }
}
