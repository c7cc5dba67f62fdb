package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the labels of a stream cost, row by row, in memory and in segments: the same lines with many labels and with one. */
class LokiLabelBytesTest {
    private static final int ROWS = 60_000;
    private static final int STREAMS = 20;
    private static final int BATCH = 500;
    private static final long T = 1_700_000_000_000_000_000L;
    private static final String LABELS = ",\"namespace\":\"payments-production\",\"container\":\"checkout-api\","
            + "\"cluster\":\"eu-central-1a\",\"job\":\"payments/checkout-api\",\"stream\":\"stderr\"";

    private record Bytes(long hot, long archived) {}

    @Test
    void labelsCostLittleMoreThanOneLabel() {
        try (var node = new HttpNode()) {
            var one = measure(node, "one", 1, false);
            var runs = measure(node, "runs", STREAMS, false);
            var mixed = measure(node, "mixed", STREAMS, true);
            int length = labels(STREAMS, 0).length();
            System.err.printf(
                    Locale.ROOT,
                    "LokiLabelBytesTest: rows=%d streams=%d label_bytes=%d; bytes a row beyond those with one short label:"
                            + " in memory %.1f in runs, %.1f mixed; in segments %.1f in runs, %.1f mixed%n",
                    ROWS,
                    STREAMS,
                    length,
                    (runs.hot() - one.hot()) / (double) ROWS,
                    (mixed.hot() - one.hot()) / (double) ROWS,
                    (runs.archived() - one.archived()) / (double) ROWS,
                    (mixed.archived() - one.archived()) / (double) ROWS);
            assertThat(runs.hot() - one.hot()).isLessThan(ROWS * (long) length / 4);
            assertThat(mixed.hot() - runs.hot()).isLessThan(ROWS * 2L);
            assertThat(runs.archived() - one.archived()).isLessThan(ROWS * 3L);
            // Lines in turn are of different shards: their ids come in turn, too, and those of one stream in a run. The
            // ends of labels that are all of one length cost nothing.
            assertThat(mixed.archived() - one.archived()).isLessThan(ROWS * 5L);
            assertThat(mixed.archived()).isLessThan(ROWS * 73L);
        }
    }

    private static String labels(int streams, int stream) {
        return streams == 1 ? "{\"a\":\"b\"}" : "{\"pod\":\"checkout-api-7d9f-" + stream + "\"" + LABELS + "}";
    }

    /** Streams one after the other in each batch, or line by line in turn. */
    private static Bytes measure(HttpNode node, String tenant, int streams, boolean mixed) {
        var random = new Random(42);
        for (int from = 0; from < ROWS; from += BATCH) {
            var parts = new ArrayList<String>();
            for (int i = from; i < from + BATCH; i++) {
                int stream = mixed ? i % streams : i / BATCH % streams;
                parts.add("{\"stream\":" + labels(streams, stream) + ",\"values\":[[\"" + (T + i * 1_000_000L) + "\",\""
                        + line(random) + "\"]]}");
            }
            push(node, tenant, parts);
        }
        var path = "/api/v1/tables/loki/" + tenant;
        long hot = Json.number(Json.member(Json.object(node.get(path).body()), "bytes"), "hot");
        node.json("POST", path + "/archive", "{\"older_than\":\"0s\"}");
        return new Bytes(hot, Json.number(Json.member(Json.object(node.get(path).body()), "bytes"), "archived"));
    }

    private static String line(Random random) {
        return "request " + Long.toHexString(random.nextLong()) + " took " + random.nextInt(1000) + "ms status="
                + (random.nextInt(9) == 0 ? 500 : 200) + " path=/api/v1/item/" + random.nextInt(100_000);
    }

    private static void push(HttpNode node, String tenant, List<String> parts) {
        var pushed = node.json(
                "POST",
                "/loki/api/v1/push",
                "{\"streams\":[" + String.join(",", parts) + "]}",
                "x-scope-orgid",
                tenant);
        assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(204);
    }
}
