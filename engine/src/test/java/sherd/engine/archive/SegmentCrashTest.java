package sherd.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sherd.engine.disk.Disk;
import sherd.engine.error.StoreException;
import sherd.engine.sim.FaultDisk;
import sherd.engine.sim.FaultDisk.Fault;
import sherd.engine.sim.FaultDisk.Survival;
import sherd.engine.sim.SimulatedCrash;

/** Writing a segment and putting it into the catalog, stopped at every step the disk takes. */
final class SegmentCrashTest {
    private final List<@Nullable Object[]> rows = Rows.random(new Random(3), 2000);

    private static CatalogState with(SegmentMeta meta, long version) {
        return new CatalogState(
                version,
                1,
                0,
                List.of(),
                List.of(new SegmentEntry(meta, 1, SegmentEntry.Purpose.ARCHIVE, version, Map.of())),
                Map.of());
    }

    private void archive(Disk disk, String id, long version) {
        Catalog.commit(disk, with(Rows.write(disk, Rows.allTypes(id), rows), version));
    }

    private long stepsOf(String id) {
        var disk = new FaultDisk();
        archive(disk, "arc-20261123-001", 1);
        long before = disk.steps();
        archive(disk, id, 2);
        return disk.steps() - before;
    }

    @Test
    void whateverTheCatalogNamesAfterPowerLossIsWhole() {
        long memory = Rows.BUDGET.usedBytes();
        long steps = stepsOf("arc-20261123-002");
        int committed = 0;
        for (long step = 1; step <= steps; step++) {
            for (var survival : Survival.values()) {
                var disk = new FaultDisk();
                archive(disk, "arc-20261123-001", 1);
                disk.failAt(disk.steps() + step, Fault.TEAR);
                try {
                    archive(disk, "arc-20261123-002", 2);
                } catch (SimulatedCrash e) {
                    assertThat(disk.isCrashed()).isTrue();
                }
                disk.assertAllClosed();
                var after = disk.survivor(survival, new SplittableRandom(step));
                Catalog.deleteLeftovers(after, "segments");
                var state = Catalog.load(after);
                committed += state.version() == 2 ? 1 : 0;
                assertThat(state.segments()).hasSize(1);
                var meta = state.segments().getFirst().meta();
                assertThat(SegmentCheck.check(after, meta))
                        .as("step %d %s", step, survival)
                        .isEmpty();
                assertThat(after.list("segments")).noneMatch(name -> name.endsWith(".tmp"));
                archive(after, "arc-20261123-003", 3);
                assertThat(Catalog.load(after).version()).isEqualTo(3);
            }
        }
        assertThat(committed).as("some stops came after the commit").isPositive();
        assertThat(Rows.BUDGET.usedBytes()).isEqualTo(memory);
    }

    @Test
    void aStepThatFailsIsReportedAndLeavesNothingBehind() {
        long steps = stepsOf("arc-20261123-002");
        for (long step = 1; step <= steps; step++) {
            var disk = new FaultDisk();
            archive(disk, "arc-20261123-001", 1);
            disk.failAt(disk.steps() + step, Fault.FAIL_ONCE);
            boolean failed = false;
            try {
                archive(disk, "arc-20261123-002", 2);
            } catch (StoreException e) {
                failed = true;
                assertThat(e).hasMessageContaining("could not write");
            }
            assertThat(failed).as("step %d of %d", step, steps).isTrue();
            disk.assertAllClosed();
            assertThat(disk.list("segments")).as("step %d", step).noneMatch(name -> name.endsWith(".tmp"));
            archive(disk, "arc-20261123-003", 3);
            assertThat(SegmentCheck.check(
                            disk, Catalog.load(disk).segments().getFirst().meta()))
                    .isEmpty();
        }
    }

    @Test
    void aFullDiskIsReportedAsSuch() {
        var disk = new FaultDisk();
        archive(disk, "arc-20261123-001", 1);
        disk.limit(disk.content("segments/arc-20261123-001.tar").length + 5000);
        try {
            archive(disk, "arc-20261123-002", 2);
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("make room");
        }
        disk.assertAllClosed();
        assertThat(Catalog.load(disk).version()).isEqualTo(1);
        assertThat(disk.list("segments")).containsExactly("arc-20261123-001.tar");
    }
}
