package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that live in segments only are fetched off the loop, and behave like any other. */
class ColdRowsTest {
    private static final int ROWS = 200;
    private static final String TABLE = "/api/v1/tables/default/cold";
    private HttpNode node;
    private String tag;

    @BeforeEach
    void archive() {
        node = new HttpNode();
        node.create(
                "default/cold",
                "{\"kind\":\"record\",\"key\":[\"id\"],\"columns\":["
                        + "{\"name\":\"id\",\"type\":\"int64\"},{\"name\":\"text\",\"type\":\"string\"}]}");
        var lines = IntStream.range(0, ROWS)
                .mapToObj(i -> "{\"id\":" + i + ",\"text\":\"t" + i + "\"}")
                .collect(Collectors.joining("\n"));
        assertThat(node.post(TABLE + "/rows", "application/x-ndjson", lines).statusCode())
                .isEqualTo(200);
        tag = node.get(TABLE + "/rows/7").headers().firstValue("etag").orElseThrow();
        var archived = node.json("POST", TABLE + "/archive", "{\"older_than\":\"0s\"}");
        assertThat(archived.statusCode()).as(archived.body()).isEqualTo(200);
        assertThat(Json.member(Json.object(node.get(TABLE).body()), "rows"))
                .containsEntry("hot", 0L)
                .containsEntry("archived", (long) ROWS);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void theyAreReadWithTheTagTheyHad() {
        var row = node.get(TABLE + "/rows/7");
        assertThat(row.body()).isEqualTo("{\"id\":7,\"text\":\"t7\"}");
        assertThat(row.headers().firstValue("etag")).contains(tag);
        assertThat(node.get(TABLE + "/rows/" + ROWS).statusCode()).isEqualTo(404);
    }

    @Test
    void theyAreGuardedLikeHotOnes() {
        assertThat(node.json("PUT", TABLE + "/rows/7", "{\"text\":\"n\"}", "If-None-Match", "*")
                        .statusCode())
                .isEqualTo(412);
        assertThat(node.json("PUT", TABLE + "/rows/8", "{\"text\":\"n\"}", "If-Match", "\"0:99\"")
                        .statusCode())
                .isEqualTo(412);
        var put = node.json("PUT", TABLE + "/rows/7", "{\"text\":\"new\"}", "If-Match", tag);
        assertThat(put.statusCode()).isEqualTo(200);
        assertThat(put.headers().firstValue("etag")).isPresent().isNotEqualTo(Optional.of(tag));
        assertThat(node.json("PATCH", TABLE + "/rows/9", "{\"text\":null}").statusCode())
                .isEqualTo(200);
        assertThat(node.delete(TABLE + "/rows/10").statusCode()).isEqualTo(204);
        assertThat(node.get(TABLE + "/rows/10").statusCode()).isEqualTo(404);
        assertThat(node.get(TABLE + "/rows/7").body()).contains("new");
    }

    @Test
    void repliesStayInOrderWhileSomeAreFetched() throws IOException {
        try (var connection = node.connect()) {
            var requests = new StringBuilder();
            for (int i = 0; i < ROWS; i++) {
                requests.append("GET ").append(TABLE).append("/rows/").append(i).append(" HTTP/1.1\r\nHost: t\r\n\r\n");
            }
            connection.send(requests.toString());
            for (int i = 0; i < ROWS; i++) {
                assertThat(connection.read().body()).isEqualTo("{\"id\":" + i + ",\"text\":\"t" + i + "\"}");
            }
        }
    }

    @Test
    void batchesAndUploadsFindThem() {
        var ops = IntStream.range(0, 50)
                .mapToObj(i -> "{\"op\":\"get\",\"key\":\"" + i + "\"}")
                .collect(Collectors.joining(","));
        var reply = node.json("POST", "/api/v1/shard", "{\"table\":\"default.cold\",\"ops\":[" + ops + "]}");
        assertThat(Json.list(Json.object(reply.body()), "results"))
                .hasSize(50)
                .allSatisfy(result -> assertThat(result).containsEntry("status", 200L));
        var lines = IntStream.range(0, 20_000)
                .mapToObj(i -> "{\"id\":" + i + ",\"text\":\"second " + i + "\"}")
                .collect(Collectors.joining("\n"));
        assertThat(node.post(TABLE + "/rows", "application/x-ndjson", lines).body())
                .isEqualTo("{\"rows\":20000}");
        assertThat(node.get(TABLE + "/rows/7").headers().firstValue("etag").orElseThrow())
                .isNotEqualTo(tag);
        assertThat(Json.member(Json.object(node.get(TABLE).body()), "rows"))
                .containsEntry("hot", 20_000L)
                .containsEntry("archived", 0L);
    }
}
