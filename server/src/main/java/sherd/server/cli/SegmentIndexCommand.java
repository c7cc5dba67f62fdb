package sherd.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sherd.engine.archive.Segment;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.IndexSizes;

@Command(
        name = "index",
        description = {
            "Shows what the index of a segment is made of.",
            "With --msgpack, writes every term with its rows as MessagePack: segment_id, term_index, doc_count and"
                    + " timestamp_range."
        })
final class SegmentIndexCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A segment, data/segments/....tar.")
    private Path file = Path.of("");

    @Option(names = "--msgpack", paramLabel = "OUT", description = "Write the index there; the file must be new.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        try (var segment = SegmentFile.open(file)) {
            if (out == null) {
                show(segment);
            } else {
                export(segment, out);
            }
        }
        return 0;
    }

    private static void show(Segment segment) {
        var sizes = IndexSizes.of(segment.index(new ReadStats()));
        var table = new TextTable(List.of("part", "bytes", "of the values"), List.of(1, 2));
        add(table, segment, "dictionary", sizes.dictionary());
        add(table, segment, "rows of single terms", sizes.single());
        add(table, segment, "exact lists", sizes.rows());
        add(table, segment, "lists of blocks", sizes.blocks());
        add(table, segment, "first terms of groups", sizes.sparse());
        add(table, segment, "all", sizes.total());
        table.print(System.out);
        System.out.printf(
                Locale.ROOT,
                "%d terms, %d pairs of a term and a row, %d terms everywhere%n",
                sizes.terms(),
                sizes.postings(),
                sizes.everywhere());
    }

    private static void add(TextTable table, Segment segment, String part, long bytes) {
        double share = 100.0 * bytes / Math.max(1, segment.meta().rawBytes());
        table.add(List.of(part, Long.toString(bytes), String.format(Locale.ROOT, "%.2f %%", share)));
    }

    private static void export(Segment segment, Path target) {
        try (var file = new NewFile(target)) {
            long postings = IndexExport.write(segment, file.out());
            System.out.printf(
                    Locale.ROOT, "wrote %d rows of terms, %d bytes, to %s%n", postings, file.publish(), target);
        } catch (IOException e) {
            throw new BadException("cannot write " + target + ": " + e.getMessage(), e);
        }
    }
}
