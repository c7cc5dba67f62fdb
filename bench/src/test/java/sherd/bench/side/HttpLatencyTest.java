package sherd.bench.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sherd.bench.frame.BenchException;

final class HttpLatencyTest {
    @Test
    void wrksPercentilesAreReadInTheirUnits() {
        var found = HttpLatency.parseWrk("""
                Running 1s test @ http://127.0.0.1:8080
                  Latency Distribution
                     50%  870.00us
                     75%    1.20ms
                     90%    2.00ms
                     99%    1.10s
                  70000 requests in 1.00s, 10.00MB read
                Requests/sec:  70000.50
                """);
        assertThat(found).isEqualTo(new HttpLatency(70000.5, 0.87, 1_100));
    }

    @Test
    void h2loadsLinesAreSorted() {
        var lines = IntStream.rangeClosed(1, 1_000)
                .mapToObj(i -> "1700000000000000\t200\t" + (1_001 - i))
                .toList();
        assertThat(HttpLatency.parseH2load(lines, 5)).isEqualTo(new HttpLatency(5, 0.501, 0.991));
    }

    @Test
    void aToolThatSaysNothingOfLatencyIsRefused() {
        assertThatThrownBy(() -> HttpLatency.parseWrk("70000 requests in 1.00s\nRequests/sec: 1"))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("no latencies");
        assertThatThrownBy(() -> HttpLatency.parseH2load(List.of(), 5))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("no request");
    }
}
