package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import sherd.engine.error.StoreException;
import sherd.engine.route.LocalRoutes;
import sherd.engine.route.RoutingTable;
import sherd.engine.schema.TableName;

/** The file that says which shard has which part of a table. */
final class RoutesTarget implements Target {
    private final HeldDisk disk = new HeldDisk();

    @Override
    public List<byte[]> seeds() {
        var made = new HeldDisk();
        var routes = new LocalRoutes(made);
        routes.store(TableName.KEY_VALUE, RoutingTable.even(2, "local"));
        routes.store(Samples.LINES, RoutingTable.even(3, "local"));
        return List.of(made.content(LocalRoutes.FILE), "{}\n".getBytes(US_ASCII));
    }

    @Override
    public List<String> words() {
        return List.of(
                "\"version\":",
                "\"routes\":",
                "\"shard_id\":",
                "\"range_start\":",
                "\"range_end\":",
                "\"nodes\":",
                "[",
                "]",
                "{",
                "}",
                "null",
                "1.5",
                "true",
                "\"10000000000000000\"",
                "\"ffffffffffffffff\"",
                "\"local\"",
                "-1",
                "\"\"");
    }

    @Override
    public void run(byte[] input) {
        disk.put(LocalRoutes.FILE, Seal.wanted(input) ? Seal.routes(input) : input);
        try {
            new LocalRoutes(disk).load();
        } catch (StoreException e) {
            Judge.allowCorruption(e);
        }
    }

    @Override
    public void close() {}
}
