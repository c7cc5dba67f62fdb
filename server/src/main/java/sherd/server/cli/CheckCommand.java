package sherd.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sherd.engine.CheckReport;
import sherd.engine.Engine;
import sherd.engine.error.Fault;
import sherd.engine.time.SystemClock;
import sherd.server.config.NodeConfig;
import sherd.server.objects.Objects;

@Command(
        name = "check",
        description = {
            "Verifies a data folder that no node has open: every checksum and every invariant. Changes nothing.",
            "Prints one line that begins with ok, or one line per fault and ends with status 1.",
            "Segments in object storage are read too if the configuration given here says where that is."
        })
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The data folder.")
    private Path folder = Path.of("");

    @Option(names = "--config", paramLabel = "FILE", description = "The node's configuration, of which objects counts.")
    private @Nullable Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "As of serve, for keys of objects.")
    private List<String> settings = List.of();

    @Override
    public Integer call() {
        var report = report();
        for (var note : report.notes()) {
            System.err.println("note: " + line(note));
        }
        if (report.faults().isEmpty()) {
            System.out.println("ok: " + report.files() + " files, " + report.bytes() + " bytes, " + report.rows()
                    + " rows in segments verified" + remote(report));
            return 0;
        }
        report.faults().forEach(fault -> System.out.println(line(fault)));
        return Main.BAD;
    }

    private CheckReport report() {
        var disk = Folders.existing(folder);
        var objects = NodeConfig.read(config, settings).objects();
        var store = Objects.open(objects, System.getenv(), new SystemClock());
        if (store.isEmpty()) {
            return Engine.report(disk);
        }
        try (var opened = store.get()) {
            return Engine.report(disk, Optional.of(opened));
        }
    }

    private static String remote(CheckReport report) {
        return report.remote() == 0 ? "" : ", " + report.remote() + " segments in object storage not looked at";
    }

    private static String line(Fault fault) {
        var file = fault.file().isEmpty() ? "data folder" : fault.file();
        return file + (fault.offset() > 0 ? " at byte " + fault.offset() : "") + ": " + Printable.of(fault.problem());
    }
}
