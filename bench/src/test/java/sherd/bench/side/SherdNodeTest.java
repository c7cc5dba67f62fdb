package sherd.bench.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.bench.frame.BenchException;
import sherd.server.cli.RespClient;

final class SherdNodeTest {
    @Test
    void whyANodeDoesNotStartIsTold(@TempDir Path folder) throws Exception {
        var data = Files.createDirectory(folder.resolve("data"));
        assertThatThrownBy(() -> SherdNode.start(data, List.of("log.sync=sometimes")))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("it said: ")
                .hasMessageContaining("sometimes");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void aFilledNodeHasEveryKeyWithItsValue(@TempDir Path folder) throws Exception {
        var data = Files.createDirectory(folder.resolve("data"));
        try (var node = SherdNode.start(data, List.of());
                var client = new RespClient(node.resp())) {
            Filler.fill(node.resp(), 1_234, 64);
            assertThat(client.call(List.of("DBSIZE")).shown()).isEqualTo("(integer) 1234");
            var last = client.call(List.of("GET", "key:000000001233")).shown();
            assertThat(last)
                    .matches("\"[\\\\0-o]{64,}\"")
                    .isNotEqualTo(
                            client.call(List.of("GET", "key:000000000000")).shown());
            assertThat(client.call(List.of("STRLEN", "key:000000001233")).shown())
                    .isEqualTo("(integer) 64");
            assertThat(client.call(List.of("GET", "key:000000001234")).shown()).isEqualTo("(nil)");
        }
    }
}
