package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.server.config.HostPort;

/** A node that may have few files open, with as many segments and connections as it can get. */
final class OpenFilesTest {
    private static final int LIMIT = 1024;
    private static final int SEGMENTS = 228;
    private static final int KEPT = 192;
    private static final int OVER_RESP = 461;
    private static final int OVER_HTTP = 115;

    @TempDir
    Path folder;

    /** A connection that says what it wants and reads a line, or a response. */
    private record Client(Socket socket) implements AutoCloseable {
        static Client to(HostPort door) throws IOException {
            var socket = new Socket(door.host(), door.port());
            socket.setSoTimeout(30_000);
            return new Client(socket);
        }

        String ask(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(UTF_8));
            return line();
        }

        String get(String path) throws IOException {
            var head = new StringBuilder(ask("GET " + path + " HTTP/1.1\r\nhost: x\r\n\r\n"));
            int length = 0;
            for (var line = line(); !line.isEmpty(); line = line()) {
                head.append('\n').append(line);
                if (line.startsWith("content-length: ")) {
                    length = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
                }
            }
            return head + "\n" + new String(socket.getInputStream().readNBytes(length), UTF_8);
        }

        private String line() throws IOException {
            var line = new StringBuilder();
            for (int b = socket.getInputStream().read();
                    b >= 0 && b != '\n';
                    b = socket.getInputStream().read()) {
                line.append((char) b);
            }
            return line.toString().strip();
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private void fill(Path data) throws IOException {
        try (var node = new ServingNode(data, "archive.merge-width=0", "log.sync=os")) {
            node.create("default/lines", "{\"kind\":\"log\"}");
            for (int i = 0; i < SEGMENTS; i++) {
                node.append("default/lines", "text/plain", "a line of segment" + i + "\n");
                node.archive("default/lines");
            }
        }
    }

    private static void assertFindsAll(Client client) throws IOException {
        assertThat(client.get("/api/v1/tables/default/lines/search?q=line&limit=1000"))
                .startsWith("HTTP/1.1 200 OK")
                .contains("\"total\":" + SEGMENTS);
    }

    private static int open(ServeProcess node) throws IOException {
        try (var files = Files.list(Path.of("/proc/" + node.pid() + "/fd"))) {
            return (int) files.count();
        }
    }

    @Test
    void segmentsAndConnectionsShareWhatThereIs() throws Exception {
        var data = folder.resolve("data");
        fill(data);
        var clients = new ArrayList<Client>();
        try (var node = ServeProcess.behind(
                List.of("prlimit", "--nofile=" + LIMIT + ":" + LIMIT, "--"), data, "archive.merge-width=0")) {
            for (int i = 0; i < OVER_RESP; i++) {
                clients.add(Client.to(node.resp()));
                assertThat(clients.getLast().ask("PING\r\n")).isEqualTo("+PONG");
            }
            var overHttp = new ArrayList<Client>();
            for (int i = 0; i < OVER_HTTP; i++) {
                overHttp.add(Client.to(node.http()));
                assertThat(overHttp.getLast().get("/healthz")).startsWith("HTTP/1.1 200");
            }
            clients.addAll(overHttp);
            for (var client : overHttp) {
                assertFindsAll(client);
            }
            int used = open(node);
            System.err.println("OpenFilesTest: open files " + used + " of " + LIMIT);
            assertThat(used).isBetween(KEPT + OVER_RESP + OVER_HTTP, LIMIT - 64);
            try (var tooMany = Client.to(node.resp())) {
                assertThat(tooMany.line()).isEqualTo("-ERR max number of clients reached");
            }
            try (var tooMany = Client.to(node.http())) {
                assertThat(tooMany.get("/healthz"))
                        .startsWith("HTTP/1.1 503 ")
                        .contains("TOO_MANY_CONNECTIONS", "limit=" + OVER_HTTP);
            }
            // New files can still be made: what is written becomes a segment and is found.
            assertThat(clients.getFirst().ask("SET k v\r\n")).isEqualTo("+OK");
            assertFindsAll(overHttp.getLast());
            clients.forEach(Client::close);
            try (var again = Client.to(node.http())) {
                for (int i = 0; i < 1000 && !again.get("/metrics").contains("\nsherd_http_connections 1\n"); i++) {
                    Thread.onSpinWait();
                }
                assertFindsAll(again);
            }
            assertThat(node.terminate()).isZero();
        } finally {
            clients.forEach(Client::close);
        }
        assertThat(Files.readString(folder.resolve("serve.log")))
                .contains("segments=" + SEGMENTS + " open_at_most=" + KEPT, "ulimit -n")
                .doesNotContain("Too many open files", "ERROR");
        assertThat(Cli.run("check", data.toString()).out()).startsWith("ok: ");
    }
}
