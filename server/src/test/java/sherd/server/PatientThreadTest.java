package sherd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class PatientThreadTest {
    private static final int NICE = 16;

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
    void onlyThreadsOfTheLowestPriorityAreAndTheirMakerIsNot() throws InterruptedException {
        var before = nice();
        assertThat(niceOf(Thread.MIN_PRIORITY)).isEqualTo("10");
        assertThat(niceOf(Thread.NORM_PRIORITY)).isEqualTo(before);
        assertThat(nice()).isEqualTo(before);
    }
}
