package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.objects.PatientStore.Patience;
import sherd.engine.observe.Event;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.sim.FaultStore;
import sherd.engine.time.ManualClock;

/** Segments go to object storage and are read from there. */
final class TransferTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final long NOW = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;
    private static final Patience NO_PAUSE = new Patience(2, 0, 1000);

    private final FaultDisk disk = new FaultDisk();
    private final FaultStore objects = new FaultStore();
    private final ManualClock clock = new ManualClock(NOW);
    private final List<String> warnings = new ArrayList<>();

    private TestStore open(long uploadAfter, long keepLocal, long localLimit) {
        return open(new TransferPolicy(uploadAfter, keepLocal, localLimit, NO_PAUSE, false));
    }

    private TestStore open(TransferPolicy policy) {
        return new TestStore(
                disk,
                TestStore.CONFIG.withMergeWidth(0),
                Optional.of(new ObjectStorage(objects, policy)),
                clock,
                event -> {
                    if (event instanceof Event.Warning(var message)) {
                        synchronized (warnings) {
                            warnings.add(message);
                        }
                    }
                });
    }

    private static void fill(TestStore store, int from, int to) {
        store.engine.createTable(TableDefinition.lines(LINES, 1, ArchiveSettings.DEFAULT));
        for (int i = from; i < to; i++) {
            store.lines(LINES.toString(), NOW + i, "line number" + i + " word" + i % 7);
            store.set("key" + i, "value" + i);
        }
        store.engine.archive(store.engine.requireTable(LINES), 0);
        store.engine.archive(store.engine.keyValue(), 0);
    }

    private static List<String> states(TestStore store) {
        var states = new ArrayList<String>();
        for (var table : store.engine.tables()) {
            store.engine.status(table).segments().forEach(segment -> states.add(segment.state()));
        }
        return states;
    }

    private static void assertServes(TestStore store, int rows) {
        assertThat(store.find(LINES.toString(), "line")).hasSize(rows);
        assertThat(store.find(LINES.toString(), "number" + (rows - 1))).hasSize(1);
        assertThat(store.find(LINES.toString(), "\"line number0\"")).hasSize(1);
        for (int i = 0; i < rows; i++) {
            assertThat(store.get("key" + i)).isEqualTo("value" + i);
        }
        assertThat(store.get("nokey")).isNull();
        assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(rows);
    }

    private long files() {
        return disk.files().stream()
                .filter(name -> name.startsWith("segments/arc") && name.endsWith(".tar"))
                .count();
    }

    @Test
    void aSegmentIsVerifiedThereBeforeItsFileGoes() {
        try (var store = open(HOUR, 2 * HOUR, 0)) {
            fill(store, 0, 50);
            assertThat(store.engine.transfer()).isEqualTo(new TransferRound(0, 0, 0));
            assertThat(states(store)).containsOnly("local");
            clock.advanceMillis(HOUR);
            assertThat(store.engine.transfer()).isEqualTo(new TransferRound(2, 0, 0));
            assertThat(states(store)).containsOnly("both");
            assertThat(objects.keys())
                    .hasSize(2)
                    .allMatch(key -> key.matches("[0-9a-f]{16}/arc-[0-9-]+-[0-9a-f]{16}.tar"));
            assertThat(files()).isEqualTo(2);
            clock.advanceMillis(HOUR);
            assertThat(store.engine.transfer()).isEqualTo(new TransferRound(0, 2, 0));
            assertThat(states(store)).containsOnly("remote");
            assertThat(files()).isZero();
            assertServes(store, 50);
            assertThat(store.engine.transfer()).isEqualTo(new TransferRound(0, 0, 0));
        }
        try (var again = open(HOUR, HOUR, 0)) {
            assertThat(states(again)).containsOnly("remote");
            assertServes(again, 50);
            assertThat(again.engine.status().homes()).containsEntry("remote", 2L);
            fill(again, 50, 60);
            assertServes(again, 60);
        }
    }

    @Test
    void checkpointsStay() {
        try (var store = open(0, 0, 0)) {
            fill(store, 0, 5);
            store.set("hot", "1");
            store.engine.checkpoint();
            store.engine.transfer();
            store.engine.transfer();
            assertThat(objects.keys()).hasSize(2).allMatch(key -> key.contains("/arc-"));
            assertThat(disk.files()).anyMatch(name -> name.startsWith("segments/ckp"));
        }
        try (var again = open(0, 0, 0)) {
            assertThat(again.get("hot")).isEqualTo("1");
            again.delete("hot");
            assertServes(again, 5);
        }
    }

    @Test
    void filesBeyondTheLimitGoOldestFirst() {
        try (var store = open(0, 1000 * HOUR, 1)) {
            fill(store, 0, 20);
            clock.advanceMillis(HOUR);
            fill(store, 20, 40);
            store.engine.transfer();
            assertThat(states(store)).containsOnly("remote");
        }
        try (var store = open(0, 1000 * HOUR, 1 << 20)) {
            clock.advanceMillis(HOUR);
            fill(store, 40, 60);
            store.engine.transfer();
            assertThat(states(store)).containsExactlyInAnyOrder("remote", "remote", "remote", "remote", "both", "both");
        }
    }

    @Test
    void mergesLeaveWhatIsElsewhereAndDeleteTheObjectsOfWhatTheyReplace() {
        try (var store = open(0, 1000 * HOUR, 0)) {
            fill(store, 0, 10);
            fill(store, 10, 20);
            store.engine.transfer();
            assertThat(objects.keys()).hasSize(4);
            store.engine.merge(store.engine.requireTable(LINES));
            assertThat(objects.keys()).as("deleted by whoever may wait").hasSize(4);
            assertThat(store.engine.transfer()).isEqualTo(new TransferRound(1, 0, 2));
            assertThat(objects.keys()).hasSize(3);
            assertServes(store, 20);
        }
        try (var store = open(0, 0, 0)) {
            store.engine.transfer();
            assertThat(states(store)).containsOnly("remote");
            fill(store, 20, 30);
            assertThat(store.engine.merge(store.engine.requireTable(LINES))).isEmpty();
            assertServes(store, 30);
        }
    }

    @Test
    void objectsOfDroppedTablesAndFlushedKeysGo() {
        try (var store = open(0, 0, 0)) {
            fill(store, 0, 10);
            store.engine.transfer();
            store.engine.dropTable(LINES);
            store.await(store.engine.flush(store.engine.keyValue()));
            assertThat(store.engine.transfer().deleted()).isEqualTo(2);
            assertThat(objects.keys()).isEmpty();
        }
    }

    @Test
    void retentionDropsSegmentsThatAreElsewhere() {
        try (var store = open(0, 0, 0)) {
            store.engine.createTable(
                    TableDefinition.lines(LINES, 1, new ArchiveSettings(Long.MAX_VALUE, 3, 1, 10 * HOUR)));
            store.lines(LINES.toString(), NOW, "old");
            store.engine.archive(store.engine.requireTable(LINES), 0);
            store.engine.transfer();
            clock.advanceMillis(11 * HOUR);
            assertThat(store.engine.retire(store.engine.requireTable(LINES))).isEqualTo(1);
            store.engine.transfer();
            assertThat(objects.keys()).isEmpty();
            assertThat(store.find(LINES.toString(), "")).isEmpty();
        }
    }

    @Test
    void strayObjectsOfThisFolderGoAtTheNextStartAndOthersStay() {
        String owner;
        try (var store = open(0, 0, 0)) {
            fill(store, 0, 10);
            store.engine.transfer();
            owner = objects.keys().getFirst().substring(0, 16);
        }
        objects.add(owner + "/arc-20231114-001-0123456789abcdef.tar", new byte[1]);
        objects.add(owner + "/arc-20231114-999-0123456789abcdef.tar", new byte[1]);
        objects.add(owner + "/notes.txt", new byte[1]);
        objects.add("ffffffffffffffff/arc-20231114-001-0123456789abcdef.tar", new byte[1]);
        try (var store = open(0, 0, 0)) {
            assertThat(store.engine.transfer().deleted()).isEqualTo(1);
            assertThat(objects.keys()).hasSize(5).noneMatch(key -> key.startsWith(owner + "/arc-20231114-001-0123"));
            assertThat(warnings).hasSize(2).allMatch(warning -> warning.contains("it stays"));
            assertServes(store, 10);
        }
    }

    @Test
    void aStoreThatIsAwayCostsOnlyWhatIsThereAndIsNoDamage() {
        try (var store = open(0, 0, 0)) {
            fill(store, 0, 10);
            store.engine.transfer();
            store.engine.checkpoint(); // or replay would bring the rows back
        }
        objects.away(true);
        try (var store = open(0, 0, 0)) {
            store.lines(LINES.toString(), NOW, "line local");
            var found = store.engine.search(store.engine.requireTable(LINES), SearchRequest.of("line", 10));
            assertThat(found.total()).isEqualTo(1);
            assertThat(found.stats().unreachable()).isEqualTo(1);
            var seen = new ArrayList<Long>();
            var scanned = store.engine.scan(
                    store.engine.requireTable(LINES),
                    new ScanRequest(List.of(), Long.MIN_VALUE, Long.MAX_VALUE, true, 30_000),
                    (row, time, id) -> seen.add(time));
            assertThat(seen).hasSize(1);
            assertThat(scanned.search().unreachable()).isEqualTo(1);
            assertUnavailable(() -> store.get("key1"));
            assertUnavailable(() -> store.engine.scan(store.engine.keyValue(), 0, 100, (address, length, kind) -> {}));
            assertUnavailable(store.engine::transfer);
            assertThat(store.engine.status().damagedSegments()).isZero();
            long asked = objects.steps();
            assertUnavailable(() -> store.get("key1"));
            assertThat(objects.steps()).as("left alone for a while").isEqualTo(asked);
            objects.away(false);
            clock.advanceMillis(1000);
            assertThat(store.get("key1")).isEqualTo("value1");
            assertThat(store.find(LINES.toString(), "line")).hasSize(11);
        }
    }

    @Test
    void aStartWithoutItsStoreReplaysWhatNeedsNoRowFromThere() {
        try (var store = open(0, 0, 0)) {
            fill(store, 0, 10);
            store.hset("hash", "a", "1");
            store.engine.archive(store.engine.keyValue(), 0);
            store.engine.transfer();
            store.engine.checkpoint();
            store.set("key1", "new");
            store.delete("key2");
            store.set("other", "x");
        }
        objects.away(true);
        try (var store = open(0, 0, 0)) {
            assertThat(store.get("key1")).isEqualTo("new");
            assertThat(store.get("key2")).isNull();
            assertThat(store.get("other")).isEqualTo("x");
            assertThat(store.get("nothing")).as("known from the file of keys").isNull();
            assertUnavailable(() -> store.get("key3"));
            objects.away(false);
            clock.advanceMillis(1000);
            store.hset("hash", "b", "2");
        }
        objects.away(true);
        assertThatThrownBy(() -> open(0, 0, 0)).hasMessageContaining("ask again when the object store can be reached");
        objects.away(false);
        try (var store = open(0, 0, 0)) {
            assertThat(store.hgetall("hash")).containsEntry("a", "1").containsEntry("b", "2");
        }
    }

    private static void assertUnavailable(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECTS_UNAVAILABLE));
    }

    @Test
    void aNodeWithoutItsStoreServesTheRestAndSaysWhy() {
        try (var store = open(0, 0, 0)) {
            fill(store, 0, 10);
            store.engine.transfer();
            store.engine.checkpoint(); // or replay would bring the rows back
        }
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            store.lines(LINES.toString(), NOW, "line local");
            assertThat(store.find(LINES.toString(), "line")).containsExactly("line local");
            assertThatThrownBy(() -> store.get("key1")).hasMessageContaining("set objects.endpoint");
            store.set("other", "new");
            assertThat(store.get("other")).isEqualTo("new");
        }
    }

    @Test
    void wrongBytesAreReadAfreshOnceAndAreDamageThen() {
        try (var store = open(0, 0, 0)) {
            fill(store, 0, 10);
            store.engine.transfer();
        }
        var key = objects.keys().getFirst();
        for (int bit = 0; bit < 400; bit++) {
            objects.flip(key, 5000 - bit * 7);
        }
        try (var store = open(0, 0, 0)) {
            var table = store.engine.requireTable(LINES);
            var all = SearchRequest.of("line", 10);
            assertThat(store.engine.search(table, all).stats().unreachable()).isEqualTo(1);
            assertThat(store.engine.status().damagedSegments()).isZero();
            assertThat(store.engine.search(table, all).stats().damaged()).isEqualTo(1);
            assertThat(store.engine.status().damagedSegments()).isEqualTo(1);
            assertThat(store.get("key3")).isEqualTo("value3");
        }
        for (int bit = 0; bit < 400; bit++) {
            objects.flip(key, 5000 - bit * 7);
        }
        try (var store = open(0, 0, 0)) {
            assertServes(store, 10);
        }
    }

    @Test
    void aDamagedFileIsReplacedByItsObjectAndIsNeverUploaded() {
        var random = new Random(3);
        try (var store = open(0, 1000 * HOUR, 0)) {
            fill(store, 0, 10);
            store.engine.transfer();
            fill(store, 10, 20);
        }
        var damaged = disk.files().stream()
                .filter(name -> name.startsWith("segments/arc"))
                .toList();
        for (var file : List.of(damaged.getFirst(), damaged.getLast())) {
            for (int i = 0; i < 50; i++) {
                disk.flip(file, 512 + random.nextInt(disk.content(file).length - 2048), random.nextInt(8));
            }
        }
        var store = open(0, 1000 * HOUR, 0);
        var all = SearchRequest.of("line", 100);
        var first = store.engine.search(store.engine.requireTable(LINES), all);
        assertThat(first.stats().unreachable() + first.stats().damaged()).isEqualTo(1);
        store.engine.transfer();
        assertThat(objects.keys()).as("all but the damaged one").hasSize(3);
        assertThat(states(store)).contains("remote", "quarantined");
        assertThat(store.find(LINES.toString(), "line")).hasSize(20);
        store.abandon();
        assertThat(disk.files()).doesNotContain(damaged.getFirst());
    }

    @Test
    void readersNoticeNothingWhileSegmentsMoveAndMerge() throws Exception {
        int segments = 24;
        int each = 40;
        var stop = new AtomicBoolean();
        var problems = new ConcurrentLinkedQueue<Throwable>();
        try (var store = open(0, 12 * HOUR, 0)) {
            store.engine.createTable(TableDefinition.lines(LINES, 1, ArchiveSettings.DEFAULT));
            var table = store.engine.requireTable(LINES);
            for (int segment = 0; segment < segments; segment++) {
                for (int row = 0; row < each; row++) {
                    store.lines(LINES.toString(), NOW + segment * 1000L + row, "line s" + segment + " r" + row);
                }
                store.engine.archive(table, 0);
                clock.advanceMillis(HOUR);
            }
            var readers = new ArrayList<Thread>();
            for (int i = 0; i < 3; i++) {
                readers.add(new Thread(() -> {
                    try {
                        while (!stop.get()) {
                            var found = store.engine.search(table, patient("line"));
                            assertThat(found.total()).isEqualTo(segments * (long) each);
                            assertThat(found.stats().unreachable()
                                            + found.stats().damaged())
                                    .isZero();
                            assertThat(store.engine
                                            .search(table, patient("s7 r3"))
                                            .total())
                                    .isEqualTo(1);
                        }
                    } catch (StoreException | AssertionError e) {
                        problems.add(e);
                    }
                }));
            }
            readers.forEach(Thread::start);
            try {
                for (int step = 0; step < segments; step++) {
                    store.engine.transfer();
                    if (step == segments / 3) {
                        store.engine.merge(table);
                    }
                    clock.advanceMillis(HOUR);
                }
            } finally {
                stop.set(true);
                for (var reader : readers) {
                    reader.join();
                }
            }
            assertThat(problems).isEmpty();
            assertThat(states(store)).containsOnly("remote").hasSizeLessThan(segments);
            store.engine.transfer();
            assertThat(objects.keys()).hasSameSizeAs(states(store));
        }
    }

    /** The clock goes on by hours while it is being answered. */
    private static SearchRequest patient(String query) {
        return new SearchRequest(query, Long.MIN_VALUE, Long.MAX_VALUE, 3, false, TimeUnit.DAYS.toMillis(365));
    }
}
