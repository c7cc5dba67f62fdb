package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.time.SystemClock;

/** Real files of segments are cut and changed while they are searched: the rest is served, and the damage shows. */
final class QuarantineTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final int SEGMENTS = 12;
    private static final int ROWS = 400;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private TestStore open() throws Exception {
        return new TestStore(new LocalDisk(folder), TestStore.CONFIG.withMergeWidth(2), new SystemClock());
    }

    private static void fill(TestStore store) {
        store.engine.createTable(TableDefinition.lines(LINES, 1, ArchiveSettings.DEFAULT));
        var random = new Random(1);
        for (int segment = 0; segment < SEGMENTS; segment++) {
            for (int row = 0; row < ROWS; row++) {
                store.lines(
                        LINES.toString(),
                        segment * 1000L + row,
                        "word s" + segment + " " + Long.toString(random.nextLong(), 36));
            }
            store.engine.archive(store.engine.requireTable(LINES), 0);
        }
    }

    private static List<SegmentStatus> segments(TestStore store) {
        return store.engine.status(store.engine.requireTable(LINES)).segments();
    }

    private static SearchResult all(TestStore store) {
        return store.engine.search(store.engine.requireTable(LINES), SearchRequest.of("word", 10));
    }

    private void cut(String file, long size) throws Exception {
        try (var channel = FileChannel.open(folder.resolve(file), StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private void flipAll(String file) throws Exception {
        try (var channel = FileChannel.open(folder.resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long at = 512; at < channel.size(); at += 97) {
                var one = ByteBuffer.allocate(1);
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
                channel.write(one, at);
            }
        }
    }

    @Test
    void theRestIsServedAndTheDamageShows() throws Exception {
        var store = new TestStore(new LocalDisk(folder), TestStore.CONFIG.withMergeWidth(0), new SystemClock());
        fill(store);
        var stop = new AtomicBoolean();
        var problems = new ConcurrentLinkedQueue<Throwable>();
        var readers = new ArrayList<Thread>();
        for (int i = 0; i < 3; i++) {
            var reader = new Thread(() -> {
                try {
                    while (!stop.get()) {
                        long total = all(store).total();
                        assertThat(total % ROWS)
                                .as("whole segments only: " + total)
                                .isZero();
                    }
                } catch (Throwable e) {
                    problems.add(e);
                }
            });
            reader.start();
            readers.add(reader);
        }
        try {
            var files = segments(store).stream().map(SegmentStatus::file).toList();
            cut(files.get(1), 3000);
            Thread.sleep(100);
            flipAll(files.get(4));
            Thread.sleep(100);
            cut(files.get(7), 0);
            // Words may be in memory already; whoever reads the rows meets the damage.
            store.engine.search(store.engine.requireTable(LINES), SearchRequest.of("\"word s*\" OR *zz*", 10));
        } finally {
            stop.set(true);
            for (var reader : readers) {
                reader.join();
            }
        }
        assertThat(problems).isEmpty();
        store.abandon();
        servesTheRestAfterARestart();
    }

    private void servesTheRestAfterARestart() throws Exception {
        var store = open();
        var found = store.engine.search(store.engine.requireTable(LINES), SearchRequest.of("word", SEGMENTS * ROWS));
        assertThat(found.total()).isEqualTo((SEGMENTS - 3) * (long) ROWS);
        assertThat(found.stats().damaged()).isEqualTo(3);
        assertThat(segments(store))
                .filteredOn(segment -> segment.state().equals("quarantined"))
                .hasSize(3)
                .allMatch(segment -> segment.problem().contains(segment.file()));
        assertThat(store.engine.status().damagedSegments()).isEqualTo(3);
        store.engine.merge(store.engine.requireTable(LINES));
        assertThat(all(store).total()).as("merges leave damaged ones alone").isEqualTo((SEGMENTS - 3) * (long) ROWS);
        store.abandon();
        assertThat(Engine.check(new LocalDisk(folder))).isNotEmpty();
    }

    @Test
    void aScanPassesOverWhatIsDamagedAndSaysSo() throws Exception {
        List<String> files;
        try (var store = new TestStore(new LocalDisk(folder), TestStore.CONFIG.withMergeWidth(0), new SystemClock())) {
            fill(store);
            files = segments(store).stream().map(SegmentStatus::file).toList();
        }
        flipAll(files.get(3));
        cut(files.get(5), 2000);
        var store = new TestStore(new LocalDisk(folder), TestStore.CONFIG.withMergeWidth(0), new SystemClock());
        for (int again = 0; again < 2; again++) {
            var shown = new ArrayList<Long>();
            var stats = store.engine.scan(
                    store.engine.requireTable(LINES),
                    new ScanRequest(List.of(), Long.MIN_VALUE, Long.MAX_VALUE, true, 30_000),
                    (row, time, id) -> shown.add(time));
            assertThat(stats.search().damaged()).isEqualTo(2);
            assertThat(stats.search().segments()).isEqualTo(SEGMENTS);
            assertThat(shown).hasSize((SEGMENTS - 2) * ROWS).doesNotHaveDuplicates();
        }
        assertThat(store.engine.status().damagedSegments()).isEqualTo(2);
        store.abandon();
    }

    @Test
    void aKeyThatADamagedSegmentMayHaveIsRefusedAndOthersAreServed() throws Exception {
        String damaged;
        try (var store = open()) {
            store.set("first", "1");
            store.engine.archive(store.engine.keyValue(), 0);
            store.set("second", "2");
            damaged =
                    store.engine.archive(store.engine.keyValue(), 0).getFirst().file();
            store.set("hot", "3");
            store.engine.checkpoint();
        }
        cut(damaged, 4000);
        var store = open();
        assertThat(store.get("hot")).isEqualTo("3");
        for (var key : List.of("first", "second")) { // the filter of its keys is gone with it
            assertThatThrownBy(() -> store.get(key))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
        }
        store.set("hot", "4");
        assertThat(store.get("hot")).isEqualTo("4");
        assertThat(store.engine.status().damagedSegments()).isEqualTo(1);
        store.abandon();
    }
}
