package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.log.SyncPolicy;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.ManualClock;

/**
 * Random work on an engine and on plain maps side by side, with archiving, checkpoints, restarts and power cuts in
 * between. Under {@code always} an acknowledged write survives a cut, whatever the disk forgets.
 */
final class EngineModelTest {
    private static final int STEPS = Integer.getInteger("sherd.model.steps", 3000);
    private static final TableName LINES = TableName.parse("logs.app");
    private static final EngineConfig CONFIG =
            TestStore.CONFIG.withSync(SyncPolicy.ALWAYS).withMergeWidth(3);

    private final ManualClock clock = new ManualClock(1_700_000_000_000L);
    private final TreeMap<String, String> strings = new TreeMap<>();
    private final TreeMap<String, TreeMap<String, String>> hashes = new TreeMap<>();
    private final TreeMap<String, Long> expiries = new TreeMap<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> history = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(FaultDisk.Survival.class)
    void holdsWhatAMapHolds(FaultDisk.Survival survival) {
        long seed = Long.getLong("sherd.seed", System.nanoTime());
        System.out.println("EngineModelTest seed=" + seed + " survival=" + survival);
        var random = new Random(seed);
        var disk = new FaultDisk();
        var store = new TestStore(disk, CONFIG, clock);
        store.engine.createTable(TableDefinition.lines(LINES, 2, ArchiveSettings.DEFAULT));
        try {
            for (int step = 0; step < STEPS; step++) {
                int dice = random.nextInt(1000);
                if (dice < 3) {
                    history.add("restart");
                    store.close();
                    store = new TestStore(disk, CONFIG, clock);
                } else if (dice < 6) {
                    history.add("power cut");
                    disk.crash();
                    var next = disk.survivor(survival, random);
                    store.abandon();
                    disk = next;
                    store = new TestStore(disk, CONFIG, clock);
                    compareAll(store);
                } else {
                    step(store, random, dice);
                }
            }
            compareAll(store);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "seed=" + seed + " last steps=" + history.subList(Math.max(0, history.size() - 40), history.size()),
                    e);
        }
        store.close();
    }

    @Test
    void keepsManyFieldsOfOneHash() {
        var disk = new FaultDisk();
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            for (int i = 0; i < 3000; i++) {
                assertThat(store.hset("big", "field" + i, "value" + i)).isTrue();
            }
            assertThat(store.hset("big", "field7", "changed")).isFalse();
            assertThat(store.hdel("big", "field8")).isTrue();
            store.engine.archive(store.engine.keyValue(), 0);
            assertThat(store.hgetall("big")).hasSize(2999).containsEntry("field7", "changed");
            store.hset("big", "more", "x");
        }
        try (var store = new TestStore(disk, TestStore.CONFIG, clock)) {
            assertThat(store.hgetall("big")).hasSize(3000).doesNotContainKey("field8");
            for (int i = 0; i < 3000; i++) {
                store.hdel("big", "field" + i);
            }
            assertThat(store.hgetall("big")).hasSize(1);
            store.hdel("big", "more");
            assertThat(store.engine.size(store.engine.keyValue())).isZero();
        }
    }

    private void step(TestStore store, Random random, int dice) {
        var key = "key" + random.nextInt(60);
        if (dice < 10) {
            history.add("archive");
            store.engine.archive(store.engine.keyValue(), 0);
            store.engine.archive(store.engine.requireTable(LINES), 0);
        } else if (dice < 12) {
            history.add("merge");
            store.engine.merge(store.engine.keyValue());
            store.engine.merge(store.engine.requireTable(LINES));
        } else if (dice < 18) {
            history.add("checkpoint");
            store.engine.checkpoint();
        } else if (dice < 100) {
            clock.advanceMillis(random.nextInt(2000));
            forgetExpired();
            compare(store, key);
        } else if (dice < 150) {
            var line = "line " + lines.size() + " word" + random.nextInt(5);
            store.lines(LINES.toString(), clock.epochMillis(), line);
            lines.add(line);
        } else if (dice < 170) {
            var word = "word" + random.nextInt(5);
            assertThat(store.find(LINES.toString(), word))
                    .containsExactlyInAnyOrderElementsOf(lines.stream()
                            .filter(line -> line.endsWith(" " + word))
                            .toList());
        } else {
            write(store, random, dice, key);
        }
    }

    private void write(TestStore store, Random random, int dice, String key) {
        history.add(dice + " " + key);
        if (dice < 450) {
            var value = "v".repeat(random.nextInt(random.nextInt(20) == 0 ? 6000 : 40)) + dice;
            store.set(key, value);
            forget(key);
            strings.put(key, value);
        } else if (dice < 600) {
            boolean there = strings.containsKey(key) || hashes.containsKey(key);
            assertThat(store.delete(key)).as("delete " + key).isEqualTo(there);
            forget(key);
        } else if (dice < 700) {
            writeRange(store, random, key);
        } else if (dice < 750) {
            if (strings.containsKey(key) || hashes.containsKey(key)) {
                long at = clock.epochMillis() + 1 + random.nextInt(5000);
                store.expire(key, at);
                expiries.put(key, at);
            }
        } else if (dice < 900) {
            if (!strings.containsKey(key)) {
                var field = "f" + random.nextInt(random.nextInt(10) == 0 ? 300 : 6);
                store.hset(key, field, "h" + dice);
                hashes.computeIfAbsent(key, any -> new TreeMap<>()).put(field, "h" + dice);
            }
        } else if (hashes.containsKey(key)) {
            var fields = hashes.get(key);
            var field = fields.firstKey();
            assertThat(store.hdel(key, field)).isTrue();
            fields.remove(field);
            if (fields.isEmpty()) {
                forget(key);
            }
        } else {
            compare(store, key);
        }
    }

    private void writeRange(TestStore store, Random random, String key) {
        if (hashes.containsKey(key)) {
            return;
        }
        int offset = random.nextInt(50);
        store.append(key, offset, "xyz");
        var old = new StringBuilder(strings.getOrDefault(key, ""));
        while (old.length() < offset + 3) {
            old.append('\0');
        }
        strings.put(key, old.replace(offset, offset + 3, "xyz").toString());
    }

    private void forget(String key) {
        strings.remove(key);
        hashes.remove(key);
        expiries.remove(key);
    }

    private void forgetExpired() {
        for (var key : List.copyOf(expiries.keySet())) {
            if (expiries.getOrDefault(key, Long.MAX_VALUE) <= clock.epochMillis()) {
                forget(key);
            }
        }
    }

    private void compareAll(TestStore store) {
        for (int i = 0; i < 60; i++) {
            compare(store, "key" + i);
        }
        assertThat(store.find(LINES.toString(), "")).containsExactlyInAnyOrderElementsOf(lines);
        assertThat(store.engine.size(store.engine.keyValue())).isEqualTo(strings.size() + hashes.size());
    }

    private void compare(TestStore store, String key) {
        assertThat(store.get(key)).as(key).isEqualTo(strings.get(key));
        assertThat(store.hgetall(key)).as(key).isEqualTo(hashes.getOrDefault(key, new TreeMap<>()));
        if (expiries.containsKey(key)) {
            assertThat(store.<Long>on(key, s -> s.expiresAt())).as(key).isEqualTo(expiries.get(key));
        }
    }
}
