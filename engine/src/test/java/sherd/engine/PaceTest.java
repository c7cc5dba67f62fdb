package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.disk.ProcessorRoom;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.time.Clock;

/** When long work rests, and for how long. */
final class PaceTest {
    private static final long MILLI = 1_000_000;
    private static final long LIMIT = 1_000;

    @TempDir
    private Path folder;

    private final MemoryBudget budget = new MemoryBudget(LIMIT);
    private final List<Long> rests = new ArrayList<>();
    private long now = 1_000 * MILLI;
    private long idleTicks = 5_000;
    private Pace pace;

    @BeforeEach
    void open() throws IOException {
        stat();
        var clock = new Clock() {
            @Override
            public long epochMillis() {
                return 0;
            }

            @Override
            public long nanoTime() {
                return now;
            }
        };
        pace = new Pace(clock, new ProcessorRoom(folder.resolve("stat")), budget, 0.8, nanos -> {
            rests.add(nanos);
            now += nanos;
        });
    }

    @AfterEach
    void close() {
        pace.close();
    }

    private void stat() throws IOException {
        Files.writeString(folder.resolve("stat"), "cpu  1 2 3 " + idleTicks + " 5 6 7 8\n");
    }

    /** So much time passes, in which so many processors are idle. */
    private void pass(long nanos, double idle) throws IOException {
        now += nanos;
        idleTicks += Math.round(idle * nanos / (10.0 * MILLI));
        stat();
    }

    /** Rows that take so long each; as often as one looks at the time. */
    private void work(Pace.Steps steps, long nanosARow) {
        for (int row = 0; row < 32; row++) {
            now += nanosARow;
            steps.rows(1);
        }
    }

    private Pace.Steps crowded() throws IOException {
        var steps = pace.begin(true);
        pass(100 * MILLI, 0);
        work(steps, 0);
        pass(100 * MILLI, 0);
        work(steps, 0);
        rests.clear();
        return pace.begin(true);
    }

    @Test
    void itRestsAsLongAsItHasWorked() throws IOException {
        var steps = crowded();
        work(steps, 10_000);
        work(steps, 5_000);
        assertThat(rests).containsExactly(320_000L, 160_000L);
    }

    @Test
    void shortWorkIsPutTogetherAndLongWorkDoesNotMakeLongRests() throws IOException {
        var steps = crowded();
        work(steps, 1_000);
        assertThat(rests).isEmpty();
        work(steps, 1_000);
        assertThat(rests).containsExactly(64_000L);
        work(steps, MILLI);
        assertThat(rests).containsExactly(64_000L, 5 * MILLI);
    }

    @Test
    void itDoesNotRestBesideIdleProcessors() throws IOException {
        var steps = crowded();
        pass(100 * MILLI, 1.6);
        work(steps, 10_000);
        assertThat(rests).isEmpty();
        pass(100 * MILLI, 1.4);
        work(steps, 10_000);
        assertThat(rests).hasSize(1);
    }

    @Test
    void itDoesNotRestWhenMemoryIsFull() throws IOException {
        var steps = crowded();
        budget.reserve(MemoryBudget.Purpose.RECORDS, 800);
        work(steps, 10_000);
        assertThat(rests).isEmpty();
        budget.release(MemoryBudget.Purpose.RECORDS, 1);
        work(steps, 10_000);
        assertThat(rests).hasSize(1);
    }

    @Test
    void itDoesNotRestInAHurry() throws IOException {
        var steps = crowded();
        pace.hurry();
        work(steps, 10_000);
        assertThat(rests).isEmpty();
    }

    @Test
    void aThreadThatSomebodyWaitsForDoesNotRest() throws IOException {
        crowded();
        work(pace.begin(), 10_000);
        assertThat(rests).isEmpty();
    }
}
