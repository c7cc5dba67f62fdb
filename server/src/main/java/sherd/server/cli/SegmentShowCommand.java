package sherd.server.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentMeta;
import sherd.engine.archive.file.ReadStats;
import sherd.server.TimeText;

@Command(name = "show", description = "Shows what a segment says of itself: table, times, columns, sizes.")
final class SegmentShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A segment, data/segments/....tar.")
    private Path file = Path.of("");

    @Override
    public Integer call() {
        try (var segment = SegmentFile.open(file)) {
            var meta = segment.meta();
            facts(segment).print(System.out);
            System.out.println();
            columns(meta).print(System.out);
        }
        return 0;
    }

    private static TextTable facts(Segment segment) {
        var meta = segment.meta();
        var facts = new TextTable(List.of(), List.of());
        facts.add(List.of("segment", meta.id()));
        facts.add(List.of("table", meta.table().toString()));
        facts.add(List.of("rows", Long.toString(meta.rows())));
        if (meta.timeColumn() >= 0 && meta.rows() > 0) {
            facts.add(List.of("from", TimeText.format(meta.minTime())));
            facts.add(List.of("to", TimeText.format(meta.maxTime())));
            facts.add(List.of("in order of time", meta.timeSorted() ? "yes" : "no"));
        }
        if (meta.keyed()) {
            facts.add(List.of(
                    "key hashes", Long.toHexString(meta.minKeyHash()) + " to " + Long.toHexString(meta.maxKeyHash())));
        }
        facts.add(List.of("record batches", Integer.toString(segment.batches())));
        facts.add(List.of("terms", Long.toString(segment.index(new ReadStats()).terms())));
        facts.add(List.of("written", TimeText.format(meta.createdSeconds() * 1000)));
        facts.add(List.of("size", size(meta.sizeBytes())));
        facts.add(List.of("values before compression", size(meta.rawBytes())));
        return facts;
    }

    private static String size(long bytes) {
        return Printable.bytes(bytes) + " (" + bytes + " bytes)";
    }

    private static TextTable columns(SegmentMeta meta) {
        var table = new TextTable(List.of("column", "type", "remarks"), List.of());
        for (int i = 0; i < meta.columns().size(); i++) {
            var column = meta.columns().get(i);
            var remarks = new ArrayList<String>();
            if (i == meta.timeColumn()) {
                remarks.add("time");
            }
            if (i == meta.keyColumn()) {
                remarks.add("key");
            }
            if (column.searched()) {
                remarks.add("searched by word");
            }
            if (column.hidden()) {
                remarks.add("hidden");
            }
            table.add(List.of(column.name(), column.type().label(), String.join(", ", remarks)));
        }
        return table;
    }
}
