package sherd.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.bench.frame.BenchException;

final class ReplyReaderTest {
    private static final String REPLIES = "+OK\r\n$4\r\n\r\nEN\r\n$-1\r\n:17\r\n$0\r\n\r\n" // of RESP
            + "HD\r\nVA 3\r\n\r\nE\r\nEN\r\nHD\r\n"; // of memcached

    private static void read(ReplyReader reader, String text, List<Boolean> misses) {
        reader.read(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)), misses::add);
    }

    @Test
    void repliesAreFoundWhereverTheBytesAreCut() {
        for (int cut = 0; cut <= REPLIES.length(); cut++) {
            var reader = new ReplyReader();
            var misses = new ArrayList<Boolean>();
            read(reader, REPLIES.substring(0, cut), misses);
            read(reader, REPLIES.substring(cut), misses);
            assertThat(misses)
                    .as("cut at " + cut)
                    .containsExactly(false, false, true, false, false, false, false, true, false);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-ERR no such command", "ERROR", "CLIENT_ERROR bad data chunk", "SERVER_ERROR out of memory"})
    void aRefusalIsShown(String line) {
        assertThatThrownBy(() -> read(new ReplyReader(), "HD\r\n" + line + "\r\n", new ArrayList<>()))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining(line);
    }
}
