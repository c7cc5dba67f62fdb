package sherd.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessorRoomTest {
    private static final long SECOND = 1_000_000_000;

    @TempDir
    private Path folder;

    @Test
    void idleWaitingAndNiceTicksAreRoomAndNoOthers() throws IOException {
        var stat = folder.resolve("stat");
        Files.writeString(stat, "cpu  1000 200 3000 40000 50 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
        try (var room = new ProcessorRoom(stat)) {
            room.room(5 * SECOND);
            Files.writeString(stat, "cpu  9000 210 9000 40060 80 900 900 900 900 900\n");
            assertThat(room.room(6 * SECOND)).isEqualTo(1.0);
            Files.writeString(stat, "cpu  9999 210 9999 40062 80 900 900 900 900 900\n");
            assertThat(room.room(6 * SECOND + SECOND / 10)).isEqualTo(0.2);
        }
    }

    @Test
    void whatIsNoSuchFileHasAllTheRoom() throws IOException {
        try (var none = new ProcessorRoom(folder.resolve("none"))) {
            assertThat(none.room(SECOND)).isInfinite();
        }
        for (var text : new String[] {"", "cpu", "cpu  1 2 3 4", "intr 1 2 3 4 5 6", "cpu  1 2 x 4 5 6"}) {
            var stat = Files.writeString(folder.resolve("other"), text);
            try (var other = new ProcessorRoom(stat)) {
                assertThat(other.room(SECOND)).as(text).isInfinite();
            }
        }
    }

    @Test
    void thisMachineHasNoMoreThanItsProcessors() throws InterruptedException {
        try (var room = new ProcessorRoom(ProcessorRoom.PROC_STAT)) {
            long start = System.nanoTime();
            room.room(start);
            Thread.sleep(300);
            // Ticks are counted at different moments on each processor.
            assertThat(room.room(System.nanoTime()))
                    .isBetween(0.0, Runtime.getRuntime().availableProcessors() * 1.5);
        }
    }
}
