package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.engine.archive.Catalog;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.log.SyncPolicy;
import sherd.engine.objects.PatientStore.Patience;
import sherd.engine.observe.Events;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.sim.FaultStore;
import sherd.engine.sim.SimulatedCrash;
import sherd.engine.time.ManualClock;

/**
 * A fixed piece of work that archives, uploads, lets files go, merges and drops, with every single step of the disk and
 * every single call of the object store going wrong in turn, in every way. After a restart every row is there once, no
 * object is left that nothing names, and every object that is named is what was written.
 */
final class TransferRecoveryTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final TableName GONE = TableName.parse("logs.gone");
    private static final long NOW = 1_700_000_000_000L;
    private static final long KEEP = 60_000;
    private static final EngineConfig CONFIG =
            TestStore.CONFIG.withSync(SyncPolicy.ALWAYS).withShards(2).withMergeWidth(0);

    private record Step(String name, Consumer<TestStore> run) {}

    private record State(TreeMap<String, String> keys, TreeSet<String> lines) {}

    @ParameterizedTest
    @EnumSource(FaultDisk.Fault.class)
    void survivesEveryStepOfTheDisk(FaultDisk.Fault fault) {
        var whole = new Run(new FaultDisk(), new FaultStore());
        whole.play();
        whole.recover(FaultDisk.Survival.EVERYTHING, new SplittableRandom(1), "without a fault");
        long steps = whole.disk.steps();
        assertThat(steps).as("steps of the disk").isGreaterThan(100);
        var random = new SplittableRandom(13);
        for (long at = 1; at <= steps; at++) {
            for (var survival : FaultDisk.Survival.values()) {
                var run = new Run(new FaultDisk(), new FaultStore());
                run.disk.failAt(at, fault);
                run.play();
                run.recover(survival, random, "fault=" + fault + " disk step=" + at + " survival=" + survival);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(FaultStore.Fault.class)
    void survivesEveryCallOfTheObjectStore(FaultStore.Fault fault) {
        var whole = new Run(new FaultDisk(), new FaultStore());
        whole.play();
        long calls = whole.objects.steps();
        whole.recover(FaultDisk.Survival.EVERYTHING, new SplittableRandom(1), "without a fault");
        assertThat(calls).as("calls of the store").isGreaterThan(30);
        var random = new SplittableRandom(17);
        for (long at = 1; at <= calls; at++) {
            for (var survival : FaultDisk.Survival.values()) {
                var run = new Run(new FaultDisk(), new FaultStore());
                run.objects.failAt(at, fault, run.disk::crash);
                run.play();
                run.recover(survival, random, "fault=" + fault + " store call=" + at + " survival=" + survival);
            }
        }
    }

    private static List<Step> work(ManualClock clock) {
        var work = new ArrayList<Step>();
        work.add(new Step("create", store -> {
            store.engine.createTable(TableDefinition.lines(LINES, 1, new ArchiveSettings(Long.MAX_VALUE, 3, 1, 0)));
            store.engine.createTable(TableDefinition.lines(GONE, 1, new ArchiveSettings(Long.MAX_VALUE, 3, 1, 0)));
        }));
        rows(work, 0);
        transfer(work, clock); // uploads
        rows(work, 1);
        transfer(work, clock); // lets the first ones go, uploads
        work.add(new Step("checkpoint", store -> store.engine.checkpoint()));
        work.add(new Step("read", TransferRecoveryTest::readFromThere));
        rows(work, 2);
        work.add(new Step("upload only", TransferRecoveryTest::transferOnce));
        work.add(new Step("merge lines", store -> store.engine.merge(store.engine.requireTable(LINES))));
        work.add(new Step("merge keys", store -> store.engine.merge(store.engine.keyValue())));
        work.add(new Step("drop", store -> store.engine.dropTable(GONE)));
        transfer(work, clock);
        transfer(work, clock);
        return work;
    }

    private static void rows(List<Step> work, int turn) {
        work.add(new Step("set " + turn, store -> store.set("k" + turn, "v" + turn)));
        work.add(new Step("set same " + turn, store -> store.set("same", "v" + turn)));
        work.add(new Step("line " + turn, store -> store.lines(LINES.toString(), NOW + turn, "line" + turn)));
        work.add(new Step("gone " + turn, store -> {
            if (turn == 0) {
                store.lines(GONE.toString(), NOW, "gone");
                store.engine.archive(store.engine.requireTable(GONE), 0);
            }
        }));
        work.add(new Step("archive keys " + turn, store -> store.engine.archive(store.engine.keyValue(), 0)));
        work.add(new Step("archive lines " + turn, store -> store.engine.archive(store.engine.requireTable(LINES), 0)));
    }

    private static void transfer(List<Step> work, ManualClock clock) {
        work.add(new Step("transfer", store -> {
            clock.advanceMillis(KEEP / 2);
            transferOnce(store);
        }));
    }

    /** What comes is right, or nothing does. */
    private static void readFromThere(TestStore store) {
        try {
            assertThat(store.get("k0")).isEqualTo("v0");
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.OBJECTS_UNAVAILABLE);
        }
        var found = store.engine.search(store.engine.requireTable(LINES), SearchRequest.of("line0", 10));
        assertThat(found.total() + found.stats().unreachable()).isEqualTo(1);
    }

    /** What fails once is done when it is tried again. */
    private static void transferOnce(TestStore store) {
        try {
            store.engine.transfer();
        } catch (StoreException e) {
            assertThat(e.code()).isIn(ErrorCode.OBJECTS_UNAVAILABLE, ErrorCode.DISK_FAILED);
            store.engine.transfer();
        }
    }

    /** One run of the work on one machine. */
    private static final class Run {
        private final FaultDisk disk;
        private final FaultStore objects;
        private final ManualClock clock = new ManualClock(NOW);
        private State before = new State(new TreeMap<>(), new TreeSet<>());
        private State after = before;
        private String under = "open";

        private Run(FaultDisk disk, FaultStore objects) {
            this.disk = disk;
            this.objects = objects;
        }

        private TestStore open(FaultDisk on) {
            var policy = new TransferPolicy(0, KEEP, 0, new Patience(1, 0, 0), false);
            return new TestStore(on, CONFIG, Optional.of(new ObjectStorage(objects, policy)), clock, Events.SILENT);
        }

        /** Goes as far as it can. */
        private void play() {
            @Nullable TestStore store = null;
            try {
                store = open(disk);
                for (var step : work(clock)) {
                    under = step.name();
                    after = effect(step);
                    step.run().accept(store);
                    before = after;
                }
            } catch (StoreException | SimulatedCrash | AssertionError e) {
                assertThat(e.getMessage()).as("failure under " + under).isNotEmpty();
            }
            disk.crash();
            if (store != null) {
                store.abandon();
            }
        }

        private State effect(Step step) {
            var state = new State(new TreeMap<>(before.keys()), new TreeSet<>(before.lines()));
            var words = step.name().split(" ", -1);
            switch (words[0]) {
                case "set" ->
                    state.keys().put(words[1].equals("same") ? "same" : "k" + words[1], "v" + words[words.length - 1]);
                case "line" -> state.lines().add("line" + words[1]);
                default -> {} // rows stay what they are
            }
            return state;
        }

        private void recover(FaultDisk.Survival survival, SplittableRandom random, String fault) {
            var told = fault + " under=" + under;
            objects.failAt(Long.MAX_VALUE / 2, FaultStore.Fault.FAIL, () -> {});
            var next = disk.survivor(survival, random);
            try (var store = open(next)) {
                assertThat(stateOf(store)).as(told).isIn(before, after);
                clock.advanceMillis(KEEP);
                var kept = stateOf(store);
                store.engine.transfer();
                clock.advanceMillis(KEEP);
                store.engine.transfer();
                assertThat(stateOf(store)).as(told).isEqualTo(kept);
            } catch (StoreException e) {
                throw new AssertionError(told, e);
            }
            assertThat(Engine.report(next, Optional.of(objects)).faults())
                    .as(told)
                    .isEmpty();
            var named = new TreeSet<String>();
            Catalog.load(next)
                    .segments()
                    .forEach(entry -> named.add(entry.home().object()));
            named.remove("");
            assertThat(new TreeSet<>(objects.keys())).as("objects, " + told).isEqualTo(named);
            try (var again = open(next)) {
                assertThat(stateOf(again)).as("again, " + told).isIn(before, after);
            }
        }

        private static State stateOf(TestStore store) {
            var state = new State(new TreeMap<>(), new TreeSet<>());
            for (var key : List.of("k0", "k1", "k2", "same")) {
                var value = store.get(key);
                if (value != null) {
                    state.keys().put(key, value);
                }
            }
            assertThat(store.engine.size(store.engine.keyValue()))
                    .isEqualTo(state.keys().size());
            if (store.engine.table(LINES).isPresent()) {
                var found = store.find(LINES.toString(), "");
                assertThat(found).doesNotHaveDuplicates();
                state.lines().addAll(found);
            }
            return state;
        }
    }
}
