package sherd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.lifecycle.ArchiveDecision;
import sherd.engine.lifecycle.Readers;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.ManualClock;

/** Old rows that few read leave memory, and the others stay; with a clock that moves when told to. */
final class ArchiveByReadsTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final long WEEK = 7 * DAY;

    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final FaultDisk disk = new FaultDisk();

    private TestStore open() {
        return new TestStore(disk, TestStore.CONFIG, clock);
    }

    private static void read(TestStore store, String key, String... readers) {
        for (var reader : readers) {
            store.session.readBy(Readers.idOf(reader));
            assertThat(store.get(key)).as(key).isNotNull();
        }
        store.session.readBy(Readers.NOBODY);
    }

    private static boolean inMemory(TestStore store, String key) {
        var bytes = key.getBytes(UTF_8);
        try (var copy = new Region(new MemoryBudget(1024), MemoryBudget.Purpose.NETWORK, bytes.length)) {
            OffHeap.copy(bytes, 0, copy.address(), bytes.length);
            var shards = store.engine.keyValue().shardsOf(copy.address(), bytes.length);
            return shards.stream().anyMatch(shard -> {
                shard.lock();
                try {
                    return shard.records().hasOwnVersion(copy.address(), bytes.length);
                } finally {
                    shard.unlock();
                }
            });
        }
    }

    private static void awaitArchived(TestStore store, ShardedTable table, long rows) {
        for (int i = 0; i < 600 && store.engine.status(table).archivedRows() < rows; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        assertThat(store.engine.status(table).archivedRows()).isEqualTo(rows);
    }

    @Test
    void keysReadByThreeGoAndKeysReadByFourStayUntilTheWindowIsOver() {
        try (var store = open()) {
            var table = store.engine.keyValue();
            for (var key : new String[] {"unread", "three", "four"}) {
                store.set(key, "value");
            }
            clock.advanceMillis(WEEK - HOUR);
            read(store, "three", "a", "b", "c", "a");
            read(store, "four", "a", "b", "c", "d");
            assertThat(store.engine.explain(table).reason()).startsWith("young: ");
            clock.advanceMillis(HOUR);
            awaitArchived(store, table, 2);
            assertThat(inMemory(store, "four")).isTrue();
            assertThat(store.engine.explain(table).reason())
                    .isEqualTo("old, but memory is fine and it is read: readers=4 max_reads=3");
            clock.advanceMillis(DAY - HOUR);
            assertThat(store.engine.explain(table)).isInstanceOf(ArchiveDecision.Stay.class);
            clock.advanceMillis(2 * HOUR);
            awaitArchived(store, table, 3);
            assertThat(store.get("four")).isEqualTo("value");
        }
    }

    @Test
    void chunksReadByThreeGoAndChunksReadByFourStayUntilTheWindowIsOver() {
        try (var store = open()) {
            store.engine.createTable(TableDefinition.lines(LINES, 2, new ArchiveSettings(WEEK, 3, DAY, 0)));
            var table = store.engine.requireTable(LINES);
            store.lines("logs.app", clock.epochMillis(), "first word", "first line");
            store.lines("logs.app", clock.epochMillis(), "second word", "second line"); // of the other shard
            clock.advanceMillis(WEEK - HOUR);
            for (var reader : new String[] {"a", "b", "c", "d"}) {
                search(store, "first", reader);
            }
            for (var reader : new String[] {"a", "b", "c"}) {
                search(store, "second", reader);
            }
            search(store, "third", "d"); // looks at all, and finds nothing
            clock.advanceMillis(HOUR);
            awaitArchived(store, table, 2);
            assertThat(store.engine.status(table).hotRows()).isEqualTo(2);
            assertThat(store.engine.explain(table).reason()).contains("readers=4 max_reads=3");
            clock.advanceMillis(DAY + HOUR);
            awaitArchived(store, table, 4);
            assertThat(store.find("logs.app", "first")).hasSize(2);
        }
    }

    private static void search(TestStore store, String query, String reader) {
        store.engine.search(
                store.engine.requireTable(LINES), SearchRequest.of(query, 10).readBy(Readers.idOf(reader)));
    }

    @Test
    void scansOfLogTablesCountAsReads() {
        try (var store = open()) {
            store.engine.createTable(TableDefinition.lines(LINES, 1, new ArchiveSettings(WEEK, 0, DAY, 0)));
            var table = store.engine.requireTable(LINES);
            store.lines("logs.app", clock.epochMillis(), "a line");
            clock.advanceMillis(WEEK - HOUR);
            var request = new ScanRequest(List.of(), Long.MIN_VALUE, Long.MAX_VALUE, true, 30_000, Readers.idOf("a"));
            store.engine.scan(table, request, (row, time, id) -> {});
            clock.advanceMillis(HOUR);
            assertThat(store.engine.explain(table).reason()).contains("readers=1 max_reads=0");
        }
    }

    @Test
    void theWatermarkTakesWhatManyRead() {
        try (var store = open()) {
            var table = store.engine.keyValue();
            store.set("four", "value");
            clock.advanceMillis(WEEK - HOUR);
            read(store, "four", "a", "b", "c", "d");
            clock.advanceMillis(HOUR);
            assertThat(store.engine.explain(table)).isInstanceOf(ArchiveDecision.Stay.class);
            long most = (long)
                    (store.engine.memory().limitBytes() * store.engine.config().watermark());
            long fill = most - store.engine.memory().usedBytes() + 1;
            store.engine.memory().reserve(MemoryBudget.Purpose.NETWORK, fill);
            try {
                awaitArchived(store, table, 1);
                assertThat(store.get("four")).isEqualTo("value");
            } finally {
                store.engine.memory().release(MemoryBudget.Purpose.NETWORK, fill);
            }
        }
    }

    @Test
    void afterARestartRowsStayUntilTheirReadersAreKnownAgain() {
        try (var store = open()) {
            store.set("key", "value");
            clock.advanceMillis(WEEK - 1);
        }
        try (var store = open()) {
            var table = store.engine.keyValue();
            clock.advanceMillis(2 * HOUR);
            assertThat(store.engine.explain(table).reason()).contains("readers were not counted for long enough");
            store.engine.archiveHardlyRead(table);
            assertThat(inMemory(store, "key")).isTrue();
            clock.advanceMillis(DAY);
            awaitArchived(store, table, 1);
        }
    }

    @Test
    void flushForgetsReads() {
        try (var store = open()) {
            store.set("key", "value");
            clock.advanceMillis(WEEK - HOUR);
            long before = store.engine.memory().usedBytes(MemoryBudget.Purpose.CACHE);
            read(store, "key", "a", "b", "c", "d");
            assertThat(store.engine.memory().usedBytes(MemoryBudget.Purpose.CACHE))
                    .isGreaterThan(before);
            store.await(store.engine.flush(store.engine.keyValue()));
            assertThat(store.engine.memory().usedBytes(MemoryBudget.Purpose.CACHE))
                    .isEqualTo(before);
        }
    }

    /** Many keys, readers and hours, against who read what when. Keys that share a group may stay without need. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void keysThatManyReadNeverGo(long seed) {
        var random = new Random(seed);
        Map<String, Map<String, Long>> reads = new HashMap<>();
        try (var store = open()) {
            int keys = 400;
            for (int i = 0; i < keys; i++) {
                store.set("key" + i, "value" + i);
            }
            clock.advanceMillis(WEEK - DAY + HOUR);
            for (int i = 0; i < 4000; i++) {
                clock.advanceMillis(random.nextLong(DAY / 2200));
                var key = "key" + (int) Math.abs(random.nextGaussian() * keys / 4) % keys;
                var reader = "reader" + random.nextInt(6);
                if (inMemory(store, key)) {
                    read(store, key, reader);
                    reads.computeIfAbsent(key, _ -> new HashMap<>()).put(reader, clock.epochMillis() / HOUR);
                }
            }
            clock.advanceMillis(2 * HOUR);
            store.engine.archiveHardlyRead(store.engine.keyValue());
            long since = clock.epochMillis() / HOUR - 24;
            Set<String> stayed = new HashSet<>();
            int shared = 0;
            for (int i = 0; i < keys; i++) {
                var of = reads.getOrDefault("key" + i, Map.of());
                boolean many =
                        of.values().stream().filter(hour -> hour >= since).count() > 3;
                if (many) {
                    assertThat(inMemory(store, "key" + i))
                            .as("seed " + seed + " key" + i)
                            .isTrue();
                    stayed.add("key" + i);
                } else if (inMemory(store, "key" + i)) {
                    shared++;
                }
                assertThat(store.get("key" + i)).isEqualTo("value" + i);
            }
            assertThat(stayed).as("seed " + seed).hasSizeBetween(20, keys - 20);
            assertThat(shared).as("seed " + seed).isLessThan(keys / 10);
        }
    }
}
