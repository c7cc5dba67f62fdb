package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One query over several nodes, some of which fail. */
final class LokiFederationTest {
    private static final long T = 1_700_000_000_000_000_000L;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private static void push(ServingNode node, String app, int... nanos) throws IOException {
        var values = new StringBuilder();
        for (int nano : nanos) {
            values.append(values.isEmpty() ? "" : ",").append("[\"" + (T + nano) + "\",\"" + app + " " + nano + "\"]");
        }
        var answer = node.client()
                .json(
                        "POST",
                        "/loki/api/v1/push",
                        "{\"streams\":[{\"stream\":{\"app\":\"" + app + "\"},\"values\":[" + values + "]}]}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(204);
    }

    private static NodeClient.Answer ask(ServingNode node, String query, String clusters, String more)
            throws IOException {
        return node.client()
                .get("/loki/api/v1/query_range?start=" + T + "&end=" + (T + 1_000_000_000L) + "&clusters=" + clusters
                        + "&query=" + URLEncoder.encode(query, UTF_8) + more);
    }

    @Test
    void linesAreMergedByTimeAndNumbersGetTheNameOfTheirCluster() throws IOException {
        try (var east = new ServingNode(folder.resolve("east"));
                var west = new ServingNode(folder.resolve("west"));
                var here = new ServingNode(
                        folder.resolve("here"),
                        "loki.cluster=here",
                        "loki.peers=east=http://" + east.node().http() + ", west=http://"
                                + west.node().http() + "/")) {
            push(east, "shop", 1, 4);
            push(west, "shop", 2, 5);
            push(here, "shop", 3, 6);
            var all = ask(here, "{app=\"shop\"}", "*", "&limit=4&direction=forward");
            assertThat(all.body())
                    .contains(
                            "{\"stream\":{\"app\":\"shop\",\"cluster\":\"east\"},\"values\":[[\"" + (T + 1)
                                    + "\",\"shop 1\"],[\"" + (T + 4) + "\",\"shop 4\"]]}",
                            "{\"stream\":{\"app\":\"shop\",\"cluster\":\"west\"},\"values\":[[\"" + (T + 2)
                                    + "\",\"shop 2\"]]}",
                            "{\"stream\":{\"app\":\"shop\",\"cluster\":\"here\"},\"values\":[[\"" + (T + 3)
                                    + "\",\"shop 3\"]]}")
                    .doesNotContain("warnings", "shop 5");
            assertThat(ask(here, "{app=\"shop\"}", "west", "").body())
                    .contains("shop 5")
                    .doesNotContain("shop 6");
            var counts = here.get("/loki/api/v1/query?clusters=here,east&time=1700000001&query="
                    + URLEncoder.encode("sum(count_over_time({app=\"shop\"}[5s]))", UTF_8));
            assertThat((Object) Json.list(Json.at(counts, "data").orElseThrow(), "result"))
                    .isEqualTo(List.of(
                            Map.of("metric", Map.of("cluster", "east"), "value", List.of(1_700_000_001, "2")),
                            Map.of("metric", Map.of("cluster", "here"), "value", List.of(1_700_000_001, "2"))));
            var span = "start=" + T + "&end=" + (T + 1_000_000_000L) + "&clusters=*";
            assertThat(Json.at(here.get("/loki/api/v1/labels?" + span), "data")).hasValue(List.of("app", "cluster"));
            assertThat(Json.at(here.get("/loki/api/v1/label/app/values?" + span), "data"))
                    .hasValue(List.of("shop"));
            assertThat(here.get("/loki/api/v1/series?match[]=%7Bapp%3D%22shop%22%7D&" + span)
                            .toString())
                    .contains("cluster=east", "cluster=here", "cluster=west");
        }
    }

    @Test
    void whatADamagedSegmentHadIsMissingAndTheAnswerSaysSo() throws IOException {
        var east = new ServingNode(folder.resolve("east"), "archive.merge-width=0");
        push(east, "shop", 1, 2);
        var first = east.archive("loki/default").getFirst();
        push(east, "shop", 3);
        east.archive("loki/default");
        push(east, "shop", 4);
        try (var channel = FileChannel.open(first, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        try (var here = new ServingNode(
                folder.resolve("here"),
                "loki.cluster=here",
                "loki.peers=east=http://" + east.node().http())) {
            push(here, "shop", 5);
            for (int again = 0; again < 2; again++) {
                var alone = east.client()
                        .get("/loki/api/v1/query_range?start=" + T + "&end=" + (T + 1_000_000_000L) + "&query="
                                + URLEncoder.encode("{app=\"shop\"}", UTF_8));
                assertThat(alone.status()).as(alone.body()).isEqualTo(200);
                assertThat(alone.body())
                        .contains("\"warnings\":[\"segments are damaged", "\"quarantined\":1", "shop 3", "shop 4")
                        .doesNotContain("shop 1", "shop 2");
                var both = ask(here, "{app=\"shop\"}", "*", "");
                assertThat(both.body())
                        .contains("\"warnings\":[\"cluster 'east': segments are damaged", "shop 3", "shop 4", "shop 5")
                        .doesNotContain("shop 1", "shop 2");
            }
        } finally {
            east.abandon();
        }
    }

    /** Begins an answer to each request, and does not go on. */
    private static void stall(ServerSocket server) {
        try {
            while (true) {
                var socket = server.accept();
                socket.getOutputStream().write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".getBytes(UTF_8));
            }
        } catch (IOException e) {
            assertThat(server.isClosed()).isTrue();
        }
    }

    private static int portOfNobody() throws IOException {
        try (var taken = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            return taken.getLocalPort();
        }
    }

    @Test
    void whoeverFailsIsNamedAndTheOthersAnswer() throws IOException {
        try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var stalling = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var east = new ServingNode(folder.resolve("east"))) {
            Thread.ofVirtual().start(() -> stall(stalling));
            int gone = portOfNobody();
            try (var here = new ServingNode(
                    folder.resolve("here"),
                    "loki.peer-timeout=700ms",
                    "loki.peers=east=http://" + east.node().http() + ",silent=http://127.0.0.1:" + silent.getLocalPort()
                            + ",gone=http://127.0.0.1:" + gone
                            + ",stalling=http://127.0.0.1:" + stalling.getLocalPort())) {
                push(east, "shop", 1);
                push(here, "shop", 2);
                var answer = ask(here, "{app=\"shop\"}", "*", "");
                assertThat(answer.status()).as(answer.body()).isEqualTo(200);
                assertThat(answer.body())
                        .contains(
                                "shop 1",
                                "shop 2",
                                "\"warnings\":[",
                                "cluster 'silent' did not answer: no answer within 700ms",
                                "cluster 'stalling' did not answer: no answer within 700ms",
                                "cluster 'gone' did not answer: ");
                var none = ask(here, "{app=\"shop\"}", "silent,gone", "");
                assertThat(none.status()).isEqualTo(502);
                assertThat(none.body()).contains("'silent' did not answer", "'gone' did not answer");
                var wrong = ask(here, "{app=}", "*", "");
                assertThat(wrong.status()).isEqualTo(400);
                assertThat(wrong.body()).contains("parse error at line 1");
                assertThat(ask(here, "{app=\"shop\"}", "mars", "").body())
                        .contains("unknown cluster: clusters='mars'; there are local, east, gone, silent, stalling");
                // What one refuses is a warning of its own: it is another server, with limits of its own.
                assertThat(ask(here, "{app=\"shop\"}", "east", "&limit=x").status())
                        .isEqualTo(400);
            }
        }
    }
}
