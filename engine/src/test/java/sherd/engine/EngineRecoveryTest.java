package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.error.StoreException;
import sherd.engine.log.SyncPolicy;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.sim.SimulatedCrash;
import sherd.engine.time.ManualClock;

/**
 * A fixed piece of work that writes, archives, checkpoints and drops, cut short at every single write, sync, rename and
 * deletion in turn, in every way a disk can go wrong. After a restart everything acknowledged is there, the step under
 * way is there whole or not at all, and nothing else is.
 */
final class EngineRecoveryTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final long NOW = 1_700_000_000_000L;
    /** The first lines are older. */
    private static final long KEPT = 86_400_000L;

    private static final EngineConfig CONFIG =
            TestStore.CONFIG.withSync(SyncPolicy.ALWAYS).withShards(2).withMergeWidth(0);

    /** What a client would see: values of keys, lines, whether the table is there. */
    private record State(TreeMap<String, String> keys, TreeSet<String> lines, boolean table) {
        private static State empty() {
            return new State(new TreeMap<>(), new TreeSet<>(), false);
        }
    }

    /** One step of the work and what it makes of the state. */
    private record Step(String name, Consumer<TestStore> run, java.util.function.UnaryOperator<State> effect) {}

    @ParameterizedTest
    @EnumSource(FaultDisk.Fault.class)
    void losesNothingAcknowledgedAtAnyStep(FaultDisk.Fault fault) {
        var work = work();
        long steps = stepsOf(work);
        assertThat(steps).as("steps of the work").isGreaterThan(60);
        var random = new SplittableRandom(11);
        for (long at = 1; at <= steps; at++) {
            for (var survival : FaultDisk.Survival.values()) {
                runAndRecover(work, at, fault, survival, random);
            }
        }
    }

    private static long stepsOf(List<Step> work) {
        var disk = new FaultDisk();
        try (var store = new TestStore(disk, CONFIG, clock())) {
            work.forEach(step -> step.run().accept(store));
        }
        return disk.steps();
    }

    private static ManualClock clock() {
        return new ManualClock(NOW);
    }

    private static void runAndRecover(
            List<Step> work, long at, FaultDisk.Fault fault, FaultDisk.Survival survival, SplittableRandom random) {
        var disk = new FaultDisk();
        disk.failAt(at, fault);
        var before = State.empty();
        var after = before;
        var under = "open";
        @Nullable TestStore store = null;
        try {
            store = new TestStore(disk, CONFIG, clock());
            for (var step : work) {
                under = step.name();
                after = step.effect().apply(before);
                step.run().accept(store);
                before = after;
            }
            under = "close";
        } catch (StoreException | SimulatedCrash | AssertionError e) {
            assertThat(e.getMessage())
                    .as("failure at step " + at + " of " + under)
                    .isNotEmpty();
        }
        if (!disk.isCrashed() && fault != FaultDisk.Fault.FAIL_ONCE) {
            disk.crash();
        }
        if (store != null) {
            store.abandon();
        }
        if (!disk.isCrashed()) {
            disk.crash();
        }
        var next = disk.survivor(survival, random);
        var told = "fault=" + fault + " at=" + at + " survival=" + survival + " under=" + under;
        try (var again = new TestStore(next, CONFIG, clock())) {
            assertThat(stateOf(again)).as(told).isIn(before, after);
            again.set("still", "works");
        } catch (StoreException e) {
            throw new AssertionError(told, e);
        }
    }

    private static State stateOf(TestStore store) {
        var state = State.empty();
        for (int i = 0; i < 12; i++) {
            var value = store.get("k" + i);
            if (value != null) {
                state.keys().put("k" + i, value);
            }
        }
        boolean table = store.engine.table(LINES).isPresent();
        if (table) {
            state.lines().addAll(store.find(LINES.toString(), ""));
        }
        return new State(state.keys(), state.lines(), table);
    }

    private static List<Step> work() {
        var work = new ArrayList<Step>();
        set(work, "k0", "a");
        set(work, "k1", "b");
        work.add(new Step(
                "create",
                store -> store.engine.createTable(
                        TableDefinition.lines(LINES, 1, new ArchiveSettings(Long.MAX_VALUE, 3, 1, KEPT))),
                old -> new State(old.keys(), old.lines(), true)));
        line(work, "one", 1);
        move(work, "archive keys", store -> store.engine.archive(store.engine.keyValue(), 0));
        set(work, "k1", "c");
        remove(work, "k0");
        line(work, "two", 1);
        move(work, "archive lines", store -> store.engine.archive(store.engine.requireTable(LINES), 0));
        line(work, "three", NOW);
        set(work, "k2", "d");
        move(work, "checkpoint", store -> store.engine.checkpoint());
        set(work, "k3", "e");
        line(work, "four", NOW);
        move(work, "archive keys again", store -> store.engine.archive(store.engine.keyValue(), 0));
        move(work, "archive lines again", store -> store.engine.archive(store.engine.requireTable(LINES), 0));
        remove(work, "k1");
        move(work, "checkpoint again", store -> store.engine.checkpoint());
        move(work, "merge keys", store -> store.engine.merge(store.engine.keyValue()));
        work.add(new Step(
                "merge lines",
                store -> store.engine.merge(store.engine.requireTable(LINES)),
                old -> without(old, "one", "two")));
        set(work, "k5", "g");
        move(work, "archive keys after", store -> store.engine.archive(store.engine.keyValue(), 0));
        remove(work, "k5");
        move(work, "merge keys again", store -> store.engine.merge(store.engine.keyValue()));
        line(work, "old", 1);
        move(work, "archive an old line", store -> store.engine.archive(store.engine.requireTable(LINES), 0));
        work.add(new Step(
                "retention",
                store -> assertThat(store.engine.retire(store.engine.requireTable(LINES)))
                        .isEqualTo(1),
                old -> without(old, "old")));
        work.add(new Step(
                "drop", store -> store.engine.dropTable(LINES), old -> new State(old.keys(), new TreeSet<>(), false)));
        set(work, "k4", "f");
        return work;
    }

    private static State without(State old, String... lines) {
        var left = new TreeSet<>(old.lines());
        List.of(lines).forEach(left::remove);
        return new State(old.keys(), left, old.table());
    }

    private static void set(List<Step> work, String key, String value) {
        work.add(new Step("set " + key, store -> store.set(key, value), old -> {
            var keys = new TreeMap<>(old.keys());
            keys.put(key, value);
            return new State(keys, old.lines(), old.table());
        }));
    }

    private static void remove(List<Step> work, String key) {
        work.add(new Step("remove " + key, store -> store.delete(key), old -> {
            var keys = new TreeMap<>(old.keys());
            keys.remove(key);
            return new State(keys, old.lines(), old.table());
        }));
    }

    private static void line(List<Step> work, String line, long time) {
        work.add(new Step("line " + line, store -> store.lines(LINES.toString(), time, line), old -> {
            var lines = new TreeSet<>(old.lines());
            lines.add(line);
            return new State(old.keys(), lines, old.table());
        }));
    }

    private static void move(List<Step> work, String name, Consumer<TestStore> run) {
        work.add(new Step(name, run, old -> old));
    }
}
