package sherd.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What DuckDB reads in a Parquet file. */
public final class DuckDb {
    private DuckDb() {}

    /**
     * For each query of the table {@code exported}, or for all its rows without one, {@code name:type} of the columns and
     * the rows, printed as {@link TypedRow} says.
     */
    public static List<String> ask(Path file, String... queries) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("node", "read.mjs", file.toString()));
        command.addAll(Arrays.asList(queries));
        var reader = NpmProject.installed("parquet-reader", "read.mjs", "@duckdb/node-api");
        return SegmentReaders.run(reader, command.toArray(String[]::new))
                .lines()
                .toList();
    }
}
