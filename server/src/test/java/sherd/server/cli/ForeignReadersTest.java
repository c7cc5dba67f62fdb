package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node archived opens with tar, and Arrow's libraries for Java and JavaScript read the rows that were sent. */
final class ForeignReadersTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final int ROWS = 2500;
    private static final String RECORD =
            "{\"kind\":\"record\",\"shards\":2,\"key\":[\"id\"]," + TypedRow.columns() + "}";
    private static final String LOG = "{\"kind\":\"log\",\"shards\":2,\"time\":\"ts\"," + TypedRow.columns() + "}";

    @TempDir
    Path folder;

    @Test
    void allReadersSeeTheRowsThatWereSent() throws Exception {
        System.err.println("ForeignReadersTest: -Dsherd.test.seed=" + SEED);
        var random = new Random(SEED);
        var records = rows(random);
        var events = rows(random);
        try (var node = new ServingNode(folder.resolve("data"))) {
            node.create("default/records", RECORD);
            node.create("default/events", LOG);
            assertThat(node.append("default/records", "application/x-ndjson", ndjson(records)))
                    .isEqualTo(ROWS);
            assertThat(node.append("default/events", "application/x-ndjson", ndjson(events)))
                    .isEqualTo(ROWS);
            assertThat(everyReader(node.archive("default/records"), TypedRow.NAMES))
                    .isEqualTo(sorted(printed(records)));
            assertThat(everyReader(node.archive("default/events"), TypedRow.NAMES))
                    .isEqualTo(sorted(printed(events)));
            saysTheSame(node, records, events);
        }
    }

    private static void saysTheSame(ServingNode node, List<TypedRow> records, List<TypedRow> events)
            throws IOException {
        for (int id = 0; id < ROWS; id++) {
            var body = node.client()
                    .get("/api/v1/tables/default/records/rows/" + id)
                    .body();
            var row = (Map<?, ?>) Json.parsed(body).orElseThrow();
            assertThat(TypedRow.printAnswer(row, body))
                    .isEqualTo(records.get(id).printed());
        }
        var hits = Json.list(node.get("/api/v1/tables/default/events/search?limit=10000"), "hits");
        assertThat(hits).hasSize(ROWS);
        var texts = new ArrayList<String>();
        for (var hit : hits.reversed()) {
            texts.add(TypedRow.print(TypedRow.TYPES.get(6), ((Map<?, ?>) hit).get("text")));
        }
        assertThat(texts)
                .isEqualTo(events.stream().map(row -> row.printed().get(6)).toList());
    }

    @Test
    void linesAndPlainKeysAreReadTheSame() throws Exception {
        System.err.println("ForeignReadersTest: -Dsherd.test.seed=" + SEED);
        var random = new Random(SEED);
        try (var node = new ServingNode(folder.resolve("data"))) {
            node.create("default/lines", "{\"kind\":\"log\"}");
            var lines = new ArrayList<>(List.of("", "\r", "crlf\r", "stray \r here", "x".repeat(300_000)));
            for (int i = 0; i < 5000; i++) {
                lines.add(
                        "line " + i + " " + Long.toString(random.nextLong(), 36).repeat(random.nextInt(10)));
            }
            node.append("default/lines", "text/plain", String.join("\n", lines) + "\n");
            var wanted = lines.stream()
                    .map(line -> List.of(TypedRow.print(TypedRow.TYPES.get(6), line)))
                    .toList();
            assertThat(everyReader(node.archive("default/lines"), List.of("line")))
                    .isEqualTo(sorted(wanted));
            var ops = new ArrayList<String>();
            for (int i = 0; i < 300; i++) {
                var value = new byte[random.nextInt(2000)];
                random.nextBytes(value);
                ops.add("{\"op\":\"set\",\"key\":\"k" + i + "\",\"value\":{\"base64\":\""
                        + Base64.getEncoder().encodeToString(value) + "\"}}");
            }
            node.json("POST", "/api/v1/shard", "{\"table\":\"default.kv\",\"ops\":[" + String.join(",", ops) + "]}");
            assertThat(everyReader(node.archive("default/kv"), List.of())).hasSize(300);
        }
    }

    /** The rows of all these segments, after making sure that every reader sees the same; sorted. */
    private List<List<String>> everyReader(List<Path> segments, List<String> columns) throws Exception {
        assertThat(segments).isNotEmpty();
        var all = new ArrayList<List<String>>();
        for (var segment : segments) {
            assertThat(members(segment)).startsWith("rows.arrow", "index.sherd").endsWith("meta.json", "footer.sherd");
            SegmentReaders.run(folder, "tar", "xf", segment.toString(), "rows.arrow");
            var arrow = folder.resolve("rows.arrow");
            var ours = SegmentReaders.sherd(segment);
            same(SegmentReaders.java(arrow), ours);
            same(SegmentReaders.javaScript(arrow), ours);
            all.addAll(ours.only(columns));
            Files.delete(arrow);
        }
        return sorted(all);
    }

    private static void same(SegmentReaders.Rows theirs, SegmentReaders.Rows ours) {
        assertThat(theirs.columns()).isEqualTo(ours.columns());
        assertThat(theirs.rows()).hasSameSizeAs(ours.rows());
        for (int row = 0; row < ours.rows().size(); row++) {
            assertThat(theirs.rows().get(row)).isEqualTo(ours.rows().get(row));
        }
    }

    private List<String> members(Path segment) throws Exception {
        return SegmentReaders.run(folder, "tar", "tvf", segment.toString())
                .lines()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .toList();
    }

    private static List<TypedRow> rows(Random random) {
        var rows = new ArrayList<TypedRow>();
        for (int id = 0; id < ROWS; id++) {
            rows.add(TypedRow.random(random, id, 1_700_000_000_000L + id));
        }
        return rows;
    }

    private static byte[] ndjson(List<TypedRow> rows) {
        return rows.stream()
                .map(TypedRow::json)
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static List<List<String>> printed(List<TypedRow> rows) {
        return rows.stream().map(TypedRow::printed).toList();
    }

    private static List<List<String>> sorted(List<List<String>> rows) {
        return rows.stream().sorted(Comparator.comparing(Object::toString)).toList();
    }
}
