package sherd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import sherd.engine.memory.OffHeap;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.ManualClock;

/** Walks over keys in memory and in segments, whatever happens to other keys, and to the same ones, meanwhile. */
final class KeySpaceTest {
    private static final int ROUNDS = 40;

    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final FaultDisk disk = new FaultDisk();

    private static long scan(TestStore store, long cursor, int count, List<String> found) {
        return store.engine.scan(store.engine.keyValue(), cursor, count, (address, length, kind) -> {
            found.add(new String(OffHeap.toArray(address, length), UTF_8));
        });
    }

    private static List<String> all(TestStore store, int count) {
        var found = new ArrayList<String>();
        long cursor = 0;
        do {
            cursor = scan(store, cursor, count, found);
            assertThat(cursor).isNotNegative();
        } while (cursor != 0);
        return found;
    }

    private static void archive(TestStore store) {
        store.engine.archive(store.engine.keyValue(), 0);
    }

    @Test
    void everyKeyIsMetOnceInWhateverHomeItIs() {
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            var keys = new TreeSet<String>();
            for (int i = 0; i < 900; i++) {
                store.set("key" + i, "old");
                keys.add("key" + i);
                if (i % 300 == 200) {
                    archive(store);
                }
            }
            for (int i = 0; i < 900; i += 7) {
                store.set("key" + i, "new");
            }
            for (int i = 0; i < 900; i += 11) {
                store.delete("key" + i);
                keys.remove("key" + i);
            }
            for (int i = 1; i < 900; i += 13) {
                if (keys.contains("key" + i)) {
                    store.expire("key" + i, clock.epochMillis() + 1000);
                    keys.remove("key" + i);
                }
            }
            archive(store);
            for (int i = 0; i < 900; i += 5) {
                store.get("key" + i); // leaves a copy in memory
            }
            clock.advanceMillis(2000);
            for (int count : new int[] {1, 10, 333, 10_000}) {
                assertThat(all(store, count)).as("count " + count).containsExactlyInAnyOrderElementsOf(keys);
            }
        }
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            assertThat(all(store, 100)).hasSize(new HashSet<>(all(store, 100)).size());
        }
    }

    @Test
    void aKeyThatStaysIsMetThoughItMovesMeanwhile() {
        long seed = Long.getLong("sherd.seed", System.nanoTime());
        System.out.println("KeySpaceTest seed=" + seed);
        var random = new Random(seed);
        var store = new TestStore(disk, TestStore.CONFIG, clock);
        var there = new HashSet<String>();
        for (int round = 0; round < ROUNDS; round++) {
            var throughout = new HashSet<>(there);
            var ever = new HashSet<>(there);
            var found = new ArrayList<String>();
            long cursor = 0;
            do {
                cursor = scan(store, cursor, 1 + random.nextInt(20), found);
                change(store, random, there);
                throughout.retainAll(there);
                ever.addAll(there);
                if (random.nextInt(60) == 0) {
                    store.close();
                    store = new TestStore(disk, TestStore.CONFIG, clock);
                }
            } while (cursor != 0);
            assertThat(found).as("seed=" + seed + " round=" + round).containsAll(throughout);
            assertThat(ever).as("seed=" + seed + " round=" + round).containsAll(found);
            assertThat(all(store, 50))
                    .as("seed=" + seed + " round=" + round)
                    .containsExactlyInAnyOrderElementsOf(there);
            assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(there.size());
        }
        store.close();
    }

    private static void change(TestStore store, Random random, Set<String> there) {
        for (int i = random.nextInt(6); i > 0; i--) {
            var key = "key" + random.nextInt(400);
            int dice = random.nextInt(100);
            if (dice < 60) {
                store.set(key, "value" + dice);
                there.add(key);
            } else if (dice < 80) {
                assertThat(store.delete(key)).isEqualTo(there.remove(key));
            } else {
                store.get(key);
            }
        }
        if (random.nextInt(8) == 0) {
            archive(store);
        } else if (random.nextInt(20) == 0) {
            store.engine.checkpoint();
        }
    }

    @Test
    void aRandomKeyMayBeAnyThatIsThere() {
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            assertThat(randomKey(store)).isEmpty();
            for (int i = 0; i < 40; i++) {
                store.set("key" + i, "value");
                if (i == 25) {
                    archive(store);
                }
            }
            store.delete("key3");
            store.delete("key33");
            var found = new TreeSet<String>();
            for (int i = 0; i < 3000; i++) {
                found.addAll(randomKey(store));
            }
            assertThat(found).hasSize(38).doesNotContain("key3", "key33");
            for (int i = 0; i < 40; i++) {
                if (i != 7) {
                    store.delete("key" + i);
                }
            }
            assertThat(randomKey(store)).containsExactly("key7");
            store.delete("key7");
            assertThat(randomKey(store)).isEmpty();
        }
    }

    private static List<String> randomKey(TestStore store) {
        var found = new ArrayList<String>();
        boolean any = store.engine.randomKey(store.engine.keyValue(), (address, length, kind) -> {
            found.add(new String(OffHeap.toArray(address, length), UTF_8));
        });
        assertThat(found).hasSize(any ? 1 : 0);
        return found;
    }

    @Test
    void anyNumberIsACursor() {
        var random = new Random(5);
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            for (int i = 0; i < 100; i++) {
                store.set("key" + i, "value");
                if (i == 50) {
                    archive(store);
                }
            }
            for (int i = 0; i < 500; i++) {
                long cursor = random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
                var found = new ArrayList<String>();
                do {
                    cursor = scan(store, cursor, 10, found);
                } while (cursor != 0);
                assertThat(found).hasSizeLessThanOrEqualTo(200);
            }
        }
    }

    @Test
    void aCursorComesBackAsItWas() {
        long newest = 5_000_000;
        for (var cursor : List.of(
                new KeyCursor.Archived(false, 12, 3_000_000_000L),
                new KeyCursor.Archived(true, 400_000_000, 0),
                new KeyCursor.Memory(newest, 4095, 0xFFFFFFF8L),
                new KeyCursor.Memory(newest - 700_000, 0, 0x80000000L))) {
            long encoded = cursor.encode();
            assertThat(encoded).isPositive();
            assertThat(KeyCursor.decode(encoded, newest)).isEqualTo(cursor);
        }
    }
}
