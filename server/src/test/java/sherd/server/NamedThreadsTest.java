package sherd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.observe.Events;
import sherd.engine.time.SystemClock;

final class NamedThreadsTest {
    private static final int NICE = 16;

    /** Of a wake-up each 10 ms a quiet node has none. */
    private static final long FEW_WAKES = 40;

    /** Counted from the state, the first field after the name. */
    private static String nice() {
        try {
            var stat = Files.readString(Path.of("/proc/thread-self/stat"), StandardCharsets.ISO_8859_1);
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[NICE];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a sign for whoever makes threads, not for a scheduler
    private static String niceOf(int priority) throws InterruptedException {
        var seen = new AtomicReference<>("");
        var thread = new NamedThreads("test").newThread(() -> seen.set(nice()));
        thread.setPriority(priority);
        thread.start();
        thread.join();
        return seen.get();
    }

    @Test
    void onlyThreadsOfTheLowestPriorityArePatientAndTheirMakerIsNot() throws InterruptedException {
        var before = nice();
        assertThat(niceOf(Thread.MIN_PRIORITY)).isEqualTo("10");
        assertThat(niceOf(Thread.NORM_PRIORITY - 1)).isEqualTo(before);
        assertThat(niceOf(Thread.NORM_PRIORITY)).isEqualTo(before);
        assertThat(nice()).isEqualTo(before);
    }

    private static List<Path> threads(String prefix) throws IOException {
        var found = new ArrayList<Path>();
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            for (var task : tasks.toList()) {
                if (Files.readString(task.resolve("comm"), StandardCharsets.ISO_8859_1)
                        .startsWith(prefix)) {
                    found.add(task);
                }
            }
        }
        return found;
    }

    private static long wakes(List<Path> threads) throws IOException {
        long wakes = 0;
        for (var thread : threads) {
            for (var line : Files.readAllLines(thread.resolve("status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("voluntary_ctxt_switches:")) {
                    wakes +=
                            Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                }
            }
        }
        return wakes;
    }

    /** Each wake-up of such a thread may put off one that serves. */
    @Test
    void withNothingToTidyTheEnginesThreadsHardlyWake(@TempDir Path folder) throws Exception {
        try (var _ = Engine.open(
                EngineConfig.DEFAULT,
                new LocalDisk(folder),
                new SystemClock(),
                new Random(1),
                Events.SILENT,
                new NamedThreads("quiet"))) {
            Thread.sleep(500);
            var threads = threads("quiet-");
            assertThat(threads).isNotEmpty();
            long before = wakes(threads);
            Thread.sleep(1_000);
            assertThat(wakes(threads) - before).isLessThan(FEW_WAKES);
        }
    }
}
