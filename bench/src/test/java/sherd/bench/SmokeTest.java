package sherd.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sherd.bench.side.Jvm;

/** Every benchmark runs, small, against real servers; what it would find is not judged. */
final class SmokeTest {
    private static final Pattern VALUE = Pattern.compile("\"value\":([-0-9.E]+)");

    @TempDir
    private Path folder;

    /** The servers live for seconds: most of what they would compile twice they would not run again. */
    @BeforeAll
    static void compileOnce() {
        System.setProperty(Jvm.MORE_OPTIONS, "-XX:TieredStopAtLevel=1");
    }

    @AfterAll
    static void compileAsUsual() {
        System.clearProperty(Jvm.MORE_OPTIONS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resp | sherd,redis,null | resp --no-launcher --checkpoints 1 --null --keys 1000 --rounds 1 --requests 6400 --pipeline 1,64",
                "resp-interval | sherd,redis | resp --no-launcher --checkpoints 0 --sync interval --tests get,incr,mset,hset --keys 1000 --rounds 2"
                        + " --requests 3200 --pipeline 16",
                "resp-own | sherd,redis,memcached,null | resp --no-launcher --checkpoints 0 --peers redis,memcached,null --distribution zipf:0.99"
                        + " --keys 1000 --rounds 1 --requests 6400 --pipeline 16",
                "latency | sherd,redis | latency --no-launcher --keys 1000 --rounds 1 --seconds 0.5 --warm-up 0.2 --peak-seconds 0.3"
                        + " --snapshot 0.3 --distribution zipf:0.99",
                "steady | sherd | steady --no-launcher --keys 1000 --seconds 3 --warm-up 1",
                "attribute | sherd | attribute --keys 1000 --rounds 1 --seconds 1 --tests get --pipeline 16"
                        + " --warm-up 0.2",
                "buffers | reused,allocating | buffers --keys 1000 --rounds 1 --seconds 0.2 --pipeline 16"
                        + " --warm-up 0.2",
                "pool | slabs,netty pool,region,direct,arena,netty unpooled,heap | pool --rounds 1 --count 1000 --bytes 128",
                "arrays | columns,packed,objects | arrays --rounds 1 --rows 6400",
                "gateway | batches,single requests,sherd,nginx | gateway --no-launcher --keys 1000 --rounds 1 --seconds 1"
                        + " --warm-up 0",
                "startup | sherd,redis | startup --rounds 1 --no-launcher --commands 3200",
                "recovery | sherd,redis | recovery --no-launcher --rounds 1 --keys 20000",
                "memory | sherd,redis | memory --no-launcher --keys 20000 --settle 100",
                "connections | sherd,redis | connections --idle 200 --busy 20 --rate 500 --keys 5000 --value-mib 8"
                        + " --seconds 0.3",
                "growth | engine | growth --keys 20000 --expiring 10000",
                "load | sherd | load --no-launcher --rounds 1 --rows 20000 --connections 2",
                "search | archived,hot,grep | search --rounds 1 --words 5",
                "archive-index | hybrid | archive-index --rounds 1",
                "archive-zerocopy | mapped,read in place,Files.readAllBytes,buffered tar reader | archive-zerocopy"
                        + " --rows 30000 --rounds 1",
                "archive-send | sherd over HTTP/1.1,sherd over HTTP/2,Files.readAllBytes,buffered copy,FileChannel.transferTo"
                        + " | archive-send --megabytes 5 --downloads 5 --rounds 1 --warm-up 5",
                "archive-sparse | sherd | archive-sparse --gigabytes 0.2 --searches 20",
                "archive-ingest | archived,archived and merged | archive-ingest --megabytes 20",
                "archive-search | with total,newest only | archive-search --rows 20000 --segments 4 --rounds 1 --queries 5",
                "archive-lucene | sherd,lucene,lucene with positions | archive-lucene --rows 20000 --rounds 1 --queries 40"
                        + " --greps 1",
                "engine | engine,caffeine,mapdb | engine --peers caffeine,mapdb --keys 1000 --batch 1 --rounds 1"
                        + " --warm-up 0 --millis 50 --forks 0 --footprint 5000",
                "engine | engine,chronicle-map | engine --peers chronicle_map --keys 1000 --batch 1 --rounds 1 --warm-up 0"
                        + " --millis 50 --footprint 5000",
                "engine | engine | engine --keys 1000 --batch 1,16 --rounds 1 --warm-up 0 --millis 50 --forks 0"
            })
    void printsATableAndKeepsAllFigures(String report, String sides, String command) throws IOException {
        var words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.addAll(List.of("--out", folder.toString(), "--docs", folder.toString(), "--publish"));
        var ran = Ran.of(words.toArray(String[]::new));

        assertThat(ran.status()).as(ran.err()).isZero();
        for (var side : sides.split(",", -1)) {
            assertThat(ran.out()).contains("| " + side + " ");
        }
        var kept = Files.readString(onlyFile(report));
        assertThat(kept).contains("\"name\":\"" + report + "\"", "\"commit\":", "\"kernel\":", "\"parameters\":{\"");
        assertThat(VALUE.matcher(kept).results().map(found -> Double.parseDouble(found.group(1))))
                .isNotEmpty()
                .allMatch(Double::isFinite)
                .anyMatch(value -> value > 0);
        assertThat(folder.resolve("benchmarks/" + report + ".svg")).isNotEmptyFile();
        assertThat(folder.resolve("benchmarks.md"))
                .content()
                .contains(ran.out().lines().findFirst().orElseThrow());
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    /** Nothing else is left behind, either. */
    private Path onlyFile(String report) throws IOException {
        try (var files = Files.list(folder)) {
            var left = files.filter(file -> !file.getFileName().toString().startsWith("benchmarks"))
                    .toList();
            assertThat(left)
                    .singleElement()
                    .matches(file -> file.getFileName().toString().matches(report + "-\\d{8}-\\d{6}\\.json"));
            return left.getFirst();
        }
    }
}
