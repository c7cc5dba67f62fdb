package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.function.LongSupplier;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentCache;
import sherd.engine.archive.SegmentCheck;
import sherd.engine.archive.SegmentSearch;
import sherd.engine.archive.text.Query;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/** A segment: opened, read, searched and checked. */
final class SegmentTarget implements Target {
    private static final String FILE = "segments/arc-20261123-001.tar";
    private static final List<Query> QUERIES = List.of(
            Query.parse("error"),
            Query.parse("\"error user_1\""),
            Query.parse("us* OR NOT absent"),
            Query.parse("*meou*"),
            Query.parse("n:2"),
            Query.parse(""));
    private static final int MOST_ROWS = 64;

    private final HeldDisk disk = new HeldDisk();
    private final MemoryBudget budget = new MemoryBudget(64 << 20);
    private long read;

    @Override
    public List<byte[]> seeds() {
        var made = new HeldDisk();
        var one = made.content(Samples.segment(made, budget, 3));
        var more = new HeldDisk();
        return List.of(one, more.content(Samples.segment(more, budget, 40)));
    }

    @Override
    public List<String> words() {
        return List.of(
                "ARROW1",
                "SHERDSEG",
                "SHERDIDX",
                "rows.arrow",
                "meta.json",
                "\0\0\0\0",
                "\u00ff\u00ff\u00ff\u00ff",
                "\"rows\":");
    }

    @Override
    public void run(byte[] input) {
        var file = input.clone();
        if (Seal.wanted(input)) {
            Seal.segment(file);
        }
        disk.put(FILE, file);
        try (var segment = Segment.openFile(disk, FILE, new SegmentCache(budget, 1 << 20))) {
            attempt(() -> rows(segment));
            for (var query : QUERIES) {
                attempt(() -> SegmentSearch.search(
                                segment,
                                query,
                                Long.MIN_VALUE,
                                Long.MAX_VALUE,
                                (row, time) -> (read += row + time) != 1)
                        .total());
            }
            attempt(() -> segment.findKey(42, "key-1".getBytes(UTF_8)));
        } catch (StoreException e) {
            Judge.allowCorruption(e);
        }
        attempt(() -> SegmentCheck.checkFile(disk, FILE).size());
        Judge.allBack(budget, 0);
    }

    private static void attempt(LongSupplier reading) {
        try {
            var _ = reading.getAsLong();
        } catch (StoreException e) {
            Judge.allowCorruption(e);
        }
    }

    private long rows(Segment segment) {
        var cursor = segment.cursor();
        var columns = segment.meta().columns();
        long sum = 0;
        for (long row = 0; row < Math.min(MOST_ROWS, cursor.rows()); row++) {
            cursor.seek(row);
            for (int column = 0; column < columns.size(); column++) {
                if (!cursor.isNull(column)) {
                    sum += switch (columns.get(column).type()) {
                        case INT64, INT32, BOOL, TIMESTAMP -> cursor.getLong(column);
                        case FLOAT64, FLOAT32 -> (long) cursor.getDouble(column);
                        case STRING, BYTES, JSON -> cursor.getBytes(column).length;
                    };
                }
            }
        }
        return sum;
    }

    @Override
    public void close() {
        Judge.allBack(budget, 0);
    }
}
