package sherd.bench.fuzz;

import java.util.List;
import sherd.engine.archive.Catalog;
import sherd.engine.error.StoreException;

/** The file that says which tables and segments there are. What is read is written back and read again. */
final class CatalogTarget implements Target {
    private static final String FILE = "catalog";

    private final HeldDisk disk = new HeldDisk();

    @Override
    public List<byte[]> seeds() {
        var made = new HeldDisk();
        try (var engine = Samples.engine(made)) {
            Samples.createTables(engine);
            engine.checkpoint();
        }
        return List.of(made.content(FILE));
    }

    @Override
    public List<String> words() {
        return List.of("record", "log", "default", "kv", "string", "timestamp", "int64", "columns", "segments/");
    }

    @Override
    public void run(byte[] input) {
        var file = input.clone();
        if (Seal.wanted(input)) {
            Seal.catalog(file);
        }
        disk.put(FILE, file);
        try {
            var state = Catalog.load(disk);
            Catalog.commit(disk, state);
            Judge.holds(Catalog.load(disk).equals(state), "a catalog changes when it is written again");
        } catch (StoreException e) {
            Judge.allowCorruption(e);
        }
    }

    @Override
    public void close() {}
}
