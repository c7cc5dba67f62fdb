package sherd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MainTest {
    @Test
    void listNamesEachBenchmarkOnALineOfItsOwn() {
        var ran = Ran.of("list");
        assertThat(ran.status()).isZero();
        assertThat(ran.out().lines().map(line -> line.split(" ", 2)[0]))
                .contains(
                        "resp",
                        "latency",
                        "steady",
                        "attribute",
                        "startup",
                        "recovery",
                        "memory",
                        "load",
                        "search",
                        "archive-ingest",
                        "engine",
                        "buffers",
                        "pool",
                        "arrays",
                        "crash",
                        "paper",
                        "all")
                .doesNotHaveDuplicates();
        assertThat(ran.out().lines()).allMatch(line -> line.strip().split(" +", 2).length == 2);
    }

    @Test
    void eachBenchmarkExplainsItsOptions() {
        assertThat(Ran.of("list").out().lines().map(line -> line.split(" ", 2)[0]))
                .allSatisfy(name -> {
                    var ran = Ran.of(name, "--help");
                    assertThat(ran.status()).as(ran.err()).isZero();
                    assertThat(ran.out()).contains("Usage: " + name, "--help");
                });
        assertThat(Ran.of("resp", "--help").out()).contains("--pipeline", "--publish");
    }

    @Test
    void aWrongNameIsRefusedByName() {
        var ran = Ran.of("fast");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("there is no benchmark fast; sherd bench list names them");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void withoutANameTheUsageIsShown() {
        var ran = Ran.of();
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("sherd bench list");
    }

    @Test
    void aWrongOptionIsRefusedBeforeAnythingRuns() {
        var ran = Ran.of("resp", "--sync", "sometimes");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err()).contains("--sync", "sometimes");
    }

    @Test
    void anUnknownPartIsRefusedByName() {
        var ran = Ran.of("jmh", "NoSuchBench");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(ran.err()).contains("NoSuchBench", "ClockBench", "EngineBench");
    }
}
