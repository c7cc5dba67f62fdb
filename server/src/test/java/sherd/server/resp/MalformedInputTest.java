package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input that is no RESP: the same answer and the same end as with Redis, and the node lives. */
final class MalformedInputTest {
    private static final List<String> INPUTS = List.of(
            "*x\r\n",
            "*-5\r\nPING\r\n",
            "*1\r\nPING\r\n",
            "*1\r\n:1\r\n",
            "*1\r\n$-1\r\n",
            "*1\r\n$536870913\r\n",
            "*2\r\n$3\r\nGET\r\n$x\r\n",
            "*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n",
            "SET \"a\r\n",
            "SET 'a'b c\r\n",
            "GET \"\\x41\\n\"\r\n",
            "  \r\n\r\n\n PING \r\n",
            "PING\nPING\r\n",
            "PING\r\n*1\r\nPING\r\nPING\r\n",
            "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhel",
            "*1\r\n$0\r\n\r\nPING\r\n",
            "GET a b c\r\nFOO 'a b' \"\\r\\n\"\r\n",
            "x".repeat(70_000),
            "*" + "1".repeat(70_000),
            "*1\r\n$" + "1".repeat(70_000));

    @TempDir
    Path folder;

    @Test
    void answersEqualThoseOfRedis() throws Exception {
        try (var redis = new RealRedis(folder);
                var node = new TestNode(folder.resolve("data"))) {
            for (var input : INPUTS) {
                try (var ours = node.connect();
                        var theirs = redis.connect()) {
                    assertThat(answer(ours, input))
                            .as(input.substring(0, Math.min(60, input.length())))
                            .isEqualTo(answer(theirs, input));
                }
            }
            try (var wire = node.connect()) {
                assertThat(wire.call("PING")).isEqualTo("+PONG\r\n");
            }
        }
    }

    private static String answer(Wire wire, String input) throws Exception {
        wire.send(input);
        wire.finishSending();
        return wire.readToEnd();
    }
}
