package sherd.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What the kernel says of a thread's turns, where it does. */
final class SchedulerTurnTest {
    private static final String TURN = "se.slice";
    private static final String LONG = "10000000";

    private static String turn(Path thread) throws IOException {
        var lines = Files.readAllLines(thread.resolve("sched"), StandardCharsets.ISO_8859_1);
        return lines.stream()
                .filter(line -> line.startsWith(TURN))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }

    private static void assumeTurnsAreTold() throws IOException {
        var self = Path.of("/proc/thread-self");
        assumeTrue(Files.isReadable(self.resolve("sched")) && !turn(self).isEmpty(), "the kernel tells no turns");
    }

    private static List<Path> compilers() throws IOException {
        var found = new ArrayList<Path>();
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            for (var task : tasks.toList()) {
                if (Files.readString(task.resolve("comm"), StandardCharsets.ISO_8859_1)
                        .contains("Compiler")) {
                    found.add(task);
                }
            }
        }
        return found;
    }

    @Test
    void theCompilersOfTheJvmGiveWay() throws IOException {
        assumeTurnsAreTold();
        var compilers = compilers();
        assertThat(SchedulerTurn.compilersGiveWay()).isPositive();
        for (var compiler : compilers) {
            assertThat(turn(compiler)).isEqualTo(LONG);
        }
    }

    @Test
    void aThreadGivesWayAloneAndNotThatOfWhoeverMadeIt() throws Exception {
        assumeTurnsAreTold();
        var before = turn(Path.of("/proc/thread-self"));
        var seen = new AtomicReference<>("");
        var thread = new Thread(() -> {
            SchedulerTurn.givesWay();
            try {
                seen.set(turn(Path.of("/proc/thread-self")));
            } catch (IOException e) {
                seen.set(e.toString());
            }
        });
        thread.start();
        thread.join();
        assertThat(seen.get()).isEqualTo(LONG);
        assertThat(turn(Path.of("/proc/thread-self"))).isEqualTo(before);
    }
}
