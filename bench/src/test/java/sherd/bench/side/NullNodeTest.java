package sherd.bench.side;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NullNodeTest {
    private static final String SET = "*3\r\n$3\r\nSET\r\n$2\r\n*1\r\n$12\r\n\r\n$4\r\nabcd\r\n\r\n";
    private static final String GET = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
    private static final String INCR = "*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n";
    private static final String REPLIES = "+OK\r\n$64\r\n" + "x".repeat(64) + "\r\n:1\r\n";

    @TempDir
    private Path folder;

    @Test
    void answersEachCommandOnceWhereverTheInputIsCut() throws IOException {
        var commands = (SET + GET + INCR).getBytes(StandardCharsets.US_ASCII);
        try (var node = NullNode.start(folder);
                var socket = new Socket(node.resp().host(), node.resp().port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            for (int cut = 1; cut < commands.length; cut++) {
                socket.getOutputStream().write(commands, 0, cut);
                socket.getOutputStream().write(commands, cut, commands.length - cut);
                var replies = socket.getInputStream().readNBytes(REPLIES.length());
                assertThat(new String(replies, StandardCharsets.US_ASCII))
                        .as("cut at " + cut)
                        .isEqualTo(REPLIES);
            }
        }
    }
}
