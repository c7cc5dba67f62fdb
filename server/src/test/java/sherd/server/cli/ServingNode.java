package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;
import sherd.server.Node;
import sherd.server.config.NodeConfig;

/**
 * A whole node in this process, its doors on free ports, on a folder that outlives it. Closing it verifies that nothing
 * leaked and that the folder passes the offline check.
 */
final class ServingNode implements AutoCloseable {
    static final List<String> FREE_PORTS =
            List.of("listen.resp=127.0.0.1:0", "listen.http=127.0.0.1:0", "listen.grpc=127.0.0.1:0");

    private final Path folder;
    private final Node node;
    private final NodeClient client;

    ServingNode(Path folder, String... settings) {
        this.folder = folder;
        var all = new ArrayList<>(FREE_PORTS);
        all.add("listen.threads=2");
        all.add("storage.data=" + folder);
        all.addAll(List.of(settings));
        node = Node.start(NodeConfig.read(null, all));
        client = new NodeClient(URI.create("http://" + node.http()));
    }

    Node node() {
        return node;
    }

    NodeClient client() {
        return client;
    }

    /** The answer to a GET that must succeed. */
    Object get(String path) throws IOException {
        return good(client.get(path));
    }

    Object json(String method, String path, String document) throws IOException {
        return good(client.json(method, path, document));
    }

    /** Creates a table; the path is {@code database/table}. */
    void create(String table, String definition) throws IOException {
        json("PUT", "/api/v1/tables/" + table, definition);
    }

    /** Returns how many rows the node says it wrote. */
    long append(String table, String type, byte[] body) throws IOException {
        return Json.number(
                good(client.send(
                        "POST",
                        "/api/v1/tables/" + table + "/rows",
                        BodyPublishers.ofByteArray(body),
                        Map.of("content-type", type))),
                "rows");
    }

    long append(String table, String type, String body) throws IOException {
        return append(table, type, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Archives all rows of a table; returns the files made. */
    List<Path> archive(String table) throws IOException {
        var made = json("POST", "/api/v1/tables/" + table + "/archive", "{\"older_than\":\"0s\"}");
        return Json.list(made, "segments").stream()
                .map(segment ->
                        folder.resolve(Json.text(Json.at(segment, "file")).orElseThrow()))
                .toList();
    }

    private static Object good(NodeClient.Answer answer) {
        assertThat(answer.good()).as(answer.status() + " " + answer.body()).isTrue();
        return Json.parsed(answer.body()).orElseThrow();
    }

    /** Ends the node without the check: its folder was damaged on purpose. */
    void abandon() {
        client.close();
        node.close();
        assertThat(node.engine().memory().usedBytes())
                .as("leaked native memory")
                .isZero();
    }

    @Override
    public void close() {
        abandon();
        try {
            assertThat(Engine.check(new LocalDisk(folder))).isEmpty();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
