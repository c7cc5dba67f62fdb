package sherd.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode;
import sherd.server.Node;
import sherd.server.config.NodeConfig;

/** The documents say what is so: their examples print what they show, and nothing that they must name is missing. */
final class DocumentationTest {
    private static final int FEWEST_EXAMPLES = 60;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    static List<Path> documentsWithExamples() throws IOException {
        return Documents.withExamples();
    }

    @ParameterizedTest
    @MethodSource("documentsWithExamples")
    void everyExamplePrintsWhatTheDocumentShows(Path document) throws Exception {
        assertThat(differences(document)).isEmpty();
    }

    /** Runs all examples of a document in order; one text for each that prints something else than is shown. */
    private List<String> differences(Path document) throws IOException, InterruptedException {
        var differences = new ArrayList<String>();
        try (var shell = new Shell(folder, Documents.HOME)) {
            for (var example : Example.of(Files.readAllLines(document))) {
                var printed = shell.run(example.command());
                if (!example.shows(printed)) {
                    differences.add(document.getFileName() + ":" + example.line() + " $ " + example.command()
                            + "\nshown:\n" + String.join("\n", example.output()) + "\nprinted:\n"
                            + String.join("\n", printed));
                }
            }
        }
        checkDataFolders();
        return differences;
    }

    private void checkDataFolders() throws IOException {
        try (var found = Files.walk(folder)) {
            for (var catalog : found.filter(file -> file.endsWith("catalog")).toList()) {
                assertThat(Engine.check(new LocalDisk(Objects.requireNonNull(catalog.getParent()))))
                        .isEmpty();
            }
        }
    }

    @Test
    void thereAreExamples() throws IOException {
        int examples = 0;
        for (var document : Documents.all()) {
            examples += Example.of(Files.readAllLines(document)).size();
        }
        assertThat(examples).isGreaterThanOrEqualTo(FEWEST_EXAMPLES);
    }

    private static Path planted() throws Exception {
        return Path.of(Objects.requireNonNull(DocumentationTest.class.getResource("planted.md"))
                .toURI());
    }

    @Test
    void wrongExamplesAreFound() throws Exception {
        assertThat(differences(planted()))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("planted.md:18 $ echo 'one two'"),
                        second -> assertThat(second).startsWith("planted.md:20 $ printf"),
                        third -> assertThat(third).startsWith("planted.md:24 $ ./sherd version --wrong"));
    }

    @Test
    void wrongLinksAndWideLinesAreFound() throws Exception {
        assertThat(Documents.brokenLinks(planted()))
                .containsExactly("planted.md:31 nowhere.md", "planted.md:32 #no-such-heading");
        assertThat(Documents.wideLines(planted())).hasSize(1).first().asString().startsWith("planted.md:34 ");
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        for (var document : Documents.all()) {
            assertThat(Documents.brokenLinks(document)).isEmpty();
        }
    }

    @Test
    void proseIsNotWide() throws IOException {
        for (var document : Documents.all()) {
            assertThat(Documents.wideLines(document)).isEmpty();
        }
    }

    @Test
    void everyConfigurationKeyIsDescribedWithItsDefault() throws IOException {
        var page = Documents.text("docs/operating/configuration.md");
        var section = "";
        int keys = 0;
        for (var line : NodeConfig.DEFAULTS.toToml().lines().toList()) {
            if (line.startsWith("[")) {
                section = line.substring(1, line.length() - 1);
            } else if (!line.isEmpty()) {
                var parts = line.split(" = ", 2);
                assertThat(page).contains("| `" + section + "." + parts[0] + "` | `" + parts[1] + "` |");
                keys++;
            }
        }
        assertThat(keys).isGreaterThan(10);
    }

    @Test
    void everyErrorCodeIsDescribed() throws IOException {
        var page = Documents.text("docs/operating/errors.md");
        for (var code : ErrorCode.values()) {
            assertThat(page).contains("| " + code.number() + " | `" + code.name() + "` |");
        }
    }

    @Test
    void everyCommandCallAndMetricIsDescribed() throws Exception {
        var settings = List.of("storage.data=" + folder, "listen.resp=127.0.0.1:0", "listen.http=127.0.0.1:0");
        try (var node = Node.start(NodeConfig.read(null, settings));
                var http = HttpClient.newHttpClient();
                var redis = new Jedis(node.resp().host(), node.resp().port())) {
            var commands = words(Documents.text("docs/resp.md"));
            assertThat(redis.commandList())
                    .hasSizeGreaterThan(80)
                    .allSatisfy(command -> assertThat(commands).contains(command.toUpperCase(Locale.ROOT)));
            var calls = Documents.text("docs/http.md");
            assertThat(found("\"(/[^\"]*)\": ?\\{", get(http, node, "/openapi.json")))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(path -> assertThat(calls).contains(path));
            var metrics = Documents.text("docs/operating/monitoring.md");
            assertThat(found("# HELP (\\w+) ", get(http, node, "/metrics")))
                    .hasSizeGreaterThan(10)
                    .allSatisfy(metric -> assertThat(metrics).contains("`" + metric + "`"));
        }
        checkDataFolders();
    }

    private static String get(HttpClient client, Node node, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://" + node.http() + path))
                .build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private static Set<String> words(String text) {
        return found("\\b([A-Z_]+)\\b", text);
    }

    private static Set<String> found(String pattern, String text) {
        var found = new TreeSet<String>();
        Pattern.compile(pattern).matcher(text).results().forEach(match -> found.add(match.group(1)));
        return found;
    }
}
