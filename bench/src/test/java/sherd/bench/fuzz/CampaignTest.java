package sherd.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sherd.engine.time.SystemClock;

/** A second of each target; {@code ./sherd bench fuzz} runs as long as one likes. */
final class CampaignTest {
    @TempDir
    private Path folder;

    static Stream<String> targets() {
        return Targets.names().stream();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void aSecondOfInputsBreaksNothing(String target) {
        long seed = Long.getLong("sherd.test.seed", System.nanoTime());
        var outcome =
                new Campaign(target, folder, new SystemClock(), 10_000).run(List.of(), seed, 1_000, Long.MAX_VALUE);
        System.out.println("fuzz: target=" + target + " executions=" + outcome.executions() + " seed=" + seed);
        assertThat(outcome.crashes()).as("seed=%d", seed).isEmpty();
        assertThat(outcome.executions()).isGreaterThan(16);
    }
}
