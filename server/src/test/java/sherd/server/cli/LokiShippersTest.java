package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loggers that people use push to a node as they would to Loki, and what they sent comes back. */
final class LokiShippersTest {
    private static final int LINES = 500;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void loki4jPushesAndItComesBack() throws Exception {
        try (var node = new ServingNode(folder.resolve("data"))) {
            var context = new LoggerContext();
            context.setName("shop");
            context.setMDCAdapter(new LogbackMDCAdapter());
            var configurator = new JoranConfigurator();
            configurator.setContext(context);
            configurator.doConfigure(
                    new ByteArrayInputStream("""
                    <configuration>
                      <appender name="LOKI" class="com.github.loki4j.logback.Loki4jAppender">
                        <labels>
                          app=loki4j
                          level=%%level
                        </labels>
                        <message><pattern>%%msg</pattern></message>
                        <http><url>http://%s/loki/api/v1/push</url></http>
                        <batch><timeoutMs>200</timeoutMs></batch>
                      </appender>
                      <root level="DEBUG"><appender-ref ref="LOKI"/></root>
                    </configuration>
                    """.formatted(node.node().http()).getBytes(UTF_8)));
            var logger = context.getLogger("shop.orders");
            var sent = new ArrayList<String>();
            for (int i = 0; i < LINES; i++) {
                sent.add("loki4j line " + i + " \"quoted\" é 漢字");
                if (i % 2 == 0) {
                    logger.info(sent.getLast());
                } else {
                    logger.warn(sent.getLast());
                }
            }
            context.stop(); // drains what waits
            assertThat(lines(node, "{app=\"loki4j\"}")).isEqualTo(sent);
            assertThat(lines(node, "{app=\"loki4j\", level=\"WARN\"} | logger = \"shop.orders\""))
                    .isEqualTo(sent.stream()
                            .filter(line -> sent.indexOf(line) % 2 == 1)
                            .toList());
            node.archive("loki/default");
            assertThat(lines(node, "{app=\"loki4j\"} |= \"line 77 \"")).containsExactly(sent.get(77));
        }
    }

    @Test
    void winstonAndPinoPushAndItComesBack() throws Exception {
        try (var node = new ServingNode(folder.resolve("data"))) {
            var project = NpmProject.installed("log-shippers", "ship.mjs", "winston-loki");
            var printed = SegmentReaders.run(
                    project, "node", "ship.mjs", "http://" + node.node().http(), Integer.toString(LINES));
            assertThat(printed).contains("sent " + LINES + " lines with each");
            for (var app : List.of("winston-protobuf", "winston-json")) {
                for (int part = 0; part < 3; part++) {
                    int rest = part;
                    var wanted = new ArrayList<String>();
                    for (int i = rest; i < LINES; i += 3) {
                        wanted.add("winston line " + i + " \"quoted\" é 漢字");
                    }
                    assertThat(lines(node, "{app=\"" + app + "\", part=\"p" + part + "\"}"))
                            .as(app)
                            .isEqualTo(wanted.stream().toList());
                }
            }
            var pino = lines(node, "{app=\"pino\"} | json | line_format \"{{.msg}}\"");
            assertThat(pino)
                    .hasSize(LINES)
                    .contains("pino line 499 \"quoted\" é 漢字")
                    .doesNotHaveDuplicates();
            assertThat(lines(node, "{app=\"pino\"} | json | n >= 490")).hasSize(10);
            assertThat(Json.at(node.get("/loki/api/v1/label/app/values"), "data"))
                    .hasValue(List.of("pino", "winston-json", "winston-protobuf"));
        }
    }

    /** The lines of the last hour, oldest first. */
    private static List<String> lines(ServingNode node, String query) throws IOException {
        var answer = node.get("/loki/api/v1/query_range?direction=forward&limit=5000&query="
                + URLEncoder.encode(query, UTF_8).replace("+", "%20"));
        record Entry(String time, String line) {}
        var entries = new ArrayList<Entry>();
        for (var stream : Json.list(Json.at(answer, "data").orElseThrow(), "result")) {
            for (var value : Json.list(stream, "values")) {
                var pair = (List<?>) value;
                entries.add(new Entry(
                        Objects.requireNonNull(pair.get(0)).toString(),
                        Objects.requireNonNull(pair.get(1)).toString()));
            }
        }
        entries.sort(java.util.Comparator.comparing(Entry::time));
        return entries.stream().map(Entry::line).toList();
    }
}
