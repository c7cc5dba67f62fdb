package sherd.engine;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import sherd.engine.disk.LocalDisk;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.engine.time.SystemClock;

/** A process that searches segments on several threads until it is told to stop; says how that went. */
final class LoadedReader {
    static final int SEGMENTS = 16;
    static final int ROWS = 20_000;

    private static final TableName TABLE = TableName.parse("logs.app");
    private static final int NUMBERS = 50;
    private static final int MARK_EVERY = 1000;
    private static final int THREADS = 3;
    private static final int WARM_SEARCHES = 300;

    private static final TableDefinition DEFINITION = new TableDefinition(
            TABLE,
            TableKind.LOG,
            List.of(
                    new Column("ts", ColumnType.TIMESTAMP),
                    new Column("line", ColumnType.STRING),
                    new Column("n", ColumnType.INT64)),
            List.of(),
            List.of(),
            Optional.of("ts"),
            1,
            ArchiveSettings.DEFAULT);

    /** A query and how many rows of each segment it finds. */
    private record Asked(String query, int rows) {}

    private static final List<Asked> QUERIES = List.of(
            new Asked("word", ROWS),
            new Asked("n:7", ROWS / NUMBERS),
            new Asked("word n:9", ROWS / NUMBERS),
            new Asked("*ord*", ROWS),
            new Asked("mark", ROWS / MARK_EVERY),
            new Asked("NOT n:3", ROWS - ROWS / NUMBERS));

    private LoadedReader() {}

    /** Makes the folder; the names of the segments' files, the oldest first. */
    static List<String> fill(Path folder) throws Exception {
        try (var store = new TestStore(new LocalDisk(folder), TestStore.CONFIG.withMergeWidth(0), new SystemClock())) {
            store.engine.createTable(DEFINITION);
            var random = new Random(1);
            var table = store.engine.requireTable(TABLE);
            for (int segment = 0; segment < SEGMENTS; segment++) {
                try (var batch = store.engine.newBatch(table)) {
                    for (int row = 0; row < ROWS; row++) {
                        var mark = row % MARK_EVERY == 0 ? " mark" : "";
                        var line = ("word s" + segment + mark + " " + Long.toString(random.nextLong(), 36))
                                .getBytes(StandardCharsets.UTF_8);
                        batch.startRow();
                        batch.putLong(0, segment * 100_000L + row);
                        batch.putBytes(1, line, 0, line.length);
                        batch.putLong(2, row % NUMBERS);
                        batch.endRow();
                    }
                    store.await(store.engine.append(table, batch));
                }
                store.engine.archive(table, 0);
            }
            return store.engine.status(table).segments().stream()
                    .map(SegmentStatus::file)
                    .sorted()
                    .toList();
        }
    }

    /** Searches the folder that is named; reads "stop" from standard input. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] words) throws Exception {
        try {
            run(words[0]);
        } finally {
            System.exit(1); // whatever else still runs
        }
    }

    @SuppressWarnings("SystemOut")
    private static void run(String folder) throws Exception {
        var store =
                new TestStore(new LocalDisk(Path.of(folder)), TestStore.CONFIG.withMergeWidth(0), new SystemClock());
        var stop = new AtomicBoolean();
        var searches = new AtomicInteger();
        var problems = new ConcurrentLinkedQueue<Throwable>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < THREADS; i++) {
            var random = new Random(i);
            var thread = new Thread(() -> {
                while (!stop.get()) {
                    try {
                        ask(store, QUERIES.get(random.nextInt(QUERIES.size())));
                    } catch (Throwable e) {
                        problems.add(e);
                    }
                    searches.incrementAndGet();
                }
            });
            thread.start();
            threads.add(thread);
        }
        while (searches.get() < WARM_SEARCHES) {
            Thread.sleep(10);
        }
        System.out.println("warm mapped=" + store.engine.mappedSegments());
        try (var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            orders.readLine();
        }
        stop.set(true);
        for (var thread : threads) {
            thread.join();
        }
        for (var asked : QUERIES) {
            ask(store, asked);
        }
        long found = ask(store, QUERIES.getFirst());
        problems.forEach(Throwable::printStackTrace);
        System.out.println("damaged=" + store.engine.status().damagedSegments() + " words=" + found + " problems="
                + problems.size());
        store.abandon();
        System.exit(0);
    }

    /** Whole segments only, each as it was written. */
    private static long ask(TestStore store, Asked asked) {
        long total = store.engine
                .search(store.engine.requireTable(TABLE), SearchRequest.of(asked.query, 10))
                .total();
        if (total % asked.rows != 0) {
            throw new AssertionError("query='" + asked.query + "' total=" + total + " a segment=" + asked.rows);
        }
        return total;
    }
}
