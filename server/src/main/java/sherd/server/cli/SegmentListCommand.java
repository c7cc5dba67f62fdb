package sherd.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sherd.engine.archive.Catalog;
import sherd.server.TimeText;

@Command(name = "list", description = "Lists the segments that a data folder's catalog names.")
final class SegmentListCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The data folder; a node may be running on it.")
    private Path folder = Path.of("");

    @Override
    public Integer call() {
        var segments = Catalog.load(Folders.existing(folder)).segments();
        if (segments.isEmpty()) {
            System.out.println("no segments");
            return 0;
        }
        var table = new TextTable(
                List.of("segment", "table", "purpose", "rows", "from", "to", "size", "file"), List.of(3, 6));
        for (var entry : segments) {
            var meta = entry.meta();
            boolean timed = meta.timeColumn() >= 0 && meta.rows() > 0;
            table.add(List.of(
                    meta.id(),
                    meta.table().toString(),
                    entry.purpose().name().toLowerCase(Locale.ROOT),
                    Long.toString(meta.rows()),
                    timed ? TimeText.format(meta.minTime()) : "-",
                    timed ? TimeText.format(meta.maxTime()) : "-",
                    Printable.bytes(meta.sizeBytes()),
                    meta.file()));
        }
        table.print(System.out);
        return 0;
    }
}
