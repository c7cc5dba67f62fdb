package sherd.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sherd.engine.log.SyncPolicy;

/** A few kills of a real node; {@code sherd bench crash} does many. */
final class CrashLoopTest {
    private static final PrintStream OUT = System.out;

    @TempDir
    Path folder;

    private final long seed = new Random().nextInt(Integer.MAX_VALUE);

    @BeforeEach
    void printSeed() {
        System.out.println("CrashLoopTest: seed=" + seed);
    }

    @ParameterizedTest(name = "{1} kills with sync={0}")
    @CsvSource({"ALWAYS, 5", "INTERVAL, 2", "OS, 2"})
    void aKilledNodeHasWhatItPromised(SyncPolicy sync, int kills) throws IOException {
        try (var loop = new CrashLoop(new CrashLoop.Settings(sync, sync, kills, seed, folder), OUT)) {
            var outcome = loop.run();
            assertThat(outcome.findings()).as("seed %d", seed).isEmpty();
            assertThat(outcome.kills()).isEqualTo(kills);
            assertThat(outcome.acknowledged()).as("acknowledged writes").isPositive();
        }
    }

    /** A kill almost always takes something that had not waited for the disk; ten in a row that take nothing do not happen. */
    @Test
    void aNodeThatKeepsLessThanItPromisedIsFound() throws IOException {
        var settings = new CrashLoop.Settings(SyncPolicy.OS, SyncPolicy.ALWAYS, 10, seed, folder);
        try (var loop = new CrashLoop(settings, OUT)) {
            assertThat(loop.run().findings())
                    .as("seed %d", seed)
                    .isNotEmpty()
                    .extracting(Finding::kind)
                    .containsOnly(Finding.Kind.LOST);
        }
    }
}
