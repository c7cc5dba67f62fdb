package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything others logged goes into a node over HTTP; words are found, and lines come back, wherever the rows live. */
final class RealLogsNodeTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final String TABLE = "default/logs";
    private static final String SEARCH = "/api/v1/tables/" + TABLE + "/search?limit=10000";
    /** Fewer than a search returns at most. */
    private static final int PART_LINES = 9000;

    private final Random random = new Random(SEED);
    private final RealLines all = new RealLines();
    private final List<Part> parts = new ArrayList<>();

    @TempDir
    Path folder;

    /** Lines that were sent in one request, and the time of the last; no other request has lines of that time. */
    private record Part(long time, List<String> lines) {}

    @Test
    void everyWordIsFoundAndEveryLineComesBack() throws IOException {
        System.err.println("RealLogsNodeTest: -Dsherd.test.seed=" + SEED);
        var files = RealLines.files();
        int half = files.size() / 2;
        try (var node = new ServingNode(folder)) {
            node.create(TABLE, "{\"kind\":\"log\"}");
            load(node, files.subList(0, half));
            findsWords(node, 50); // all hot
            node.archive(TABLE);
            load(node, files.subList(half, files.size()));
            send(
                    node,
                    List.of("ends in CR LF\r", "\r", "", "stray \r CR", "very long " + "x".repeat(3_000_000), "tail"));
            findsWords(node, 100); // in both homes
            returnsEveryLine(node);
        }
        try (var node = new ServingNode(folder)) {
            findsWords(node, 30); // in both homes, after recovery
            node.archive(TABLE);
            findsWords(node, 90);
        }
        try (var node = new ServingNode(folder)) {
            findsWords(node, 30);
            returnsEveryLine(node);
        }
        assertThat(all.lines()).hasSizeGreaterThan(100_000);
    }

    private void load(ServingNode node, List<Path> files) throws IOException {
        for (var file : files) {
            var lines = RealLines.split(Files.readString(file, StandardCharsets.UTF_8));
            for (int from = 0; from < lines.size(); from += PART_LINES) {
                send(node, lines.subList(from, Math.min(lines.size(), from + PART_LINES)));
            }
        }
    }

    private void send(ServingNode node, List<String> lines) throws IOException {
        while (!parts.isEmpty() && System.currentTimeMillis() <= parts.getLast().time()) {
            Thread.onSpinWait(); // so that parts share no time
        }
        assertThat(node.append(TABLE, "text/plain", String.join("\n", lines) + "\n"))
                .isEqualTo(lines.size());
        all.add(lines);
        var newest = Json.list(node.get("/api/v1/tables/" + TABLE + "/search?limit=1"), "hits");
        var time = Json.text(Json.at(newest.getFirst(), "ts")).orElseThrow();
        parts.add(new Part(Instant.parse(time).toEpochMilli(), lines));
    }

    private void findsWords(ServingNode node, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            var word = all.randomWord(random);
            var wanted = all.with(word);
            var found = node.get(SEARCH + "&q=" + word);
            assertThat(Json.number(found, "total")).as(word).isEqualTo(wanted.size());
            same(lines(found), wanted.subList(Math.max(0, wanted.size() - 10_000), wanted.size()), word);
        }
    }

    private void returnsEveryLine(ServingNode node) throws IOException {
        long from = 0;
        for (var part : parts) {
            var found = node.get(SEARCH + "&from=" + from + "&to=" + (part.time() + 1));
            same(lines(found), part.lines(), "lines until " + part.time());
            from = part.time() + 1;
        }
    }

    /** Says only the first that differs: to describe every line would take longer than to find them. */
    private static void same(List<String> got, List<String> wanted, String what) {
        assertThat(got.size()).as(what).isEqualTo(wanted.size());
        for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i)).as("%s: line %d", what, i).isEqualTo(wanted.get(i));
        }
    }

    /** Oldest first. */
    private static List<String> lines(Object found) {
        return Json.list(found, "hits").reversed().stream()
                .map(hit -> String.valueOf(((Map<?, ?>) hit).get("line")))
                .toList();
    }
}
