package sherd.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sherd.engine.disk.DiskFile;
import sherd.engine.sim.FaultDisk.Fault;
import sherd.engine.sim.FaultDisk.Survival;

final class FaultDiskTest {
    private final FaultDisk disk = new FaultDisk();

    @Test
    void unsyncedBytesAndNamesDoNotSurvivePowerLoss() throws IOException {
        try (var file = disk.create("f/a")) {
            write(file, 0, 1, 2);
            file.sync();
            assertThat(after(Survival.SYNCED_ONLY).files()).isEmpty();
            disk.syncFolder("f");
            write(file, 1, 3, 4);
            assertThat(after(Survival.SYNCED_ONLY).content("f/a")).containsExactly(1, 2);
            assertThat(after(Survival.EVERYTHING).content("f/a")).containsExactly(1, 3, 4);
        }
    }

    @Test
    void aNameWithoutItsBytesMaySurvive() throws IOException {
        try (var file = disk.create("a")) {
            write(file, 0, 1, 2);
            disk.syncFolder("");
        }
        assertThat(after(Survival.SYNCED_ONLY).content("a")).isEmpty();
    }

    @Test
    void renamesAndDeletionsAreDurableWithTheirFolder() throws IOException {
        disk.put("a", new byte[] {1});
        disk.put("b", new byte[] {2});
        disk.rename("a", "b");
        assertThat(disk.files()).containsExactly("b");
        assertThat(after(Survival.SYNCED_ONLY).content("b")).containsExactly(2);
        disk.syncFolder("");
        assertThat(after(Survival.SYNCED_ONLY).files()).containsExactly("b");
        assertThat(after(Survival.SYNCED_ONLY).content("b")).containsExactly(1);
        disk.delete("b");
        assertThat(after(Survival.SYNCED_ONLY).files()).containsExactly("b");
        disk.syncFolder("");
        assertThat(after(Survival.SYNCED_ONLY).files()).isEmpty();
    }

    @Test
    void powerLossKeepsAnyPartOfWhatWasNotSynced() throws IOException {
        var seen = new HashSet<String>();
        try (var file = disk.create("a")) {
            disk.syncFolder("");
            file.sync();
            write(file, 0, new int[64]);
            write(file, 0, 1);
            write(file, 64, 2);
        }
        for (int seed = 0; seed < 200; seed++) {
            byte[] content =
                    disk.survivor(Survival.RANDOM, new SplittableRandom(seed)).content("a");
            seen.add(content.length + ":" + (content.length > 0 ? content[0] : "") + ":"
                    + (content.length > 64 ? content[64] : ""));
        }
        assertThat(seen).contains("0::", "64:0:", "64:1:", "65:0:2", "65:1:2", "65:0:0", "65:1:0");
    }

    @Test
    void theChosenStepFailsOnceOrForEver() throws IOException {
        disk.failAt(2, Fault.FAIL_ONCE);
        disk.create("a").close();
        assertThatThrownBy(() -> disk.create("b")).isInstanceOf(IOException.class);
        disk.create("b").close();
        disk.failAt(4, Fault.FAIL_FOREVER);
        assertThatThrownBy(() -> disk.create("c")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.delete("a")).isInstanceOf(IOException.class);
        assertThat(disk.files()).containsExactly("a", "b");
    }

    @Test
    void afterAFailedSyncTheNextOneSavesNothing() throws IOException {
        try (var file = disk.create("a")) {
            disk.syncFolder("");
            write(file, 0, 1);
            disk.failAt(disk.steps() + 1, Fault.FAIL_ONCE);
            assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
            file.sync();
        }
        assertThat(disk.content("a")).containsExactly(1);
        assertThat(after(Survival.SYNCED_ONLY).content("a")).isEmpty();
    }

    @Test
    void aTornWriteLeavesItsFirstHalfAndNothingWorksAfterwards() throws IOException {
        var file = disk.create("a");
        disk.failAt(2, Fault.TEAR);
        assertThatThrownBy(() -> write(file, 0, 1, 2, 3, 4)).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(() -> disk.list("")).isInstanceOf(SimulatedCrash.class);
        assertThatThrownBy(file::sync).isInstanceOf(SimulatedCrash.class);
        assertThat(after(Survival.EVERYTHING).content("a")).containsExactly(1, 2);
        assertThatThrownBy(disk::assertAllClosed).isInstanceOf(AssertionError.class);
        file.close();
        disk.assertAllClosed();
    }

    @Test
    void aFullDiskTakesWhatFits() throws IOException {
        disk.limit(3);
        try (var file = disk.create("a")) {
            assertThatThrownBy(() -> write(file, 0, 1, 2, 3, 4)).hasMessageContaining("No space left");
            write(file, 0, 9);
        }
        assertThat(disk.content("a")).containsExactly(9, 2, 3);
    }

    @Test
    void flipsLast() throws IOException {
        disk.put("a", new byte[] {0, 0});
        disk.flip("a", 1, 3);
        assertThat(disk.content("a")).containsExactly(0, 8);
        assertThat(after(Survival.SYNCED_ONLY).content("a")).containsExactly(0, 8);
    }

    private FaultDisk after(Survival survival) {
        return disk.survivor(survival, new SplittableRandom(1));
    }

    private static void write(DiskFile file, long offset, int... values) throws IOException {
        var bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        file.write(bytes.flip(), offset);
    }
}
