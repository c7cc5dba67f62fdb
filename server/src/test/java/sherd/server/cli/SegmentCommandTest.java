package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SegmentCommandTest {
    @TempDir
    Path folder;

    @Test
    void listNamesTheSegmentsOfARunningNode() throws Exception {
        var data = folder.resolve("data");
        try (var node = new ServingNode(data)) {
            assertThat(Cli.run("segment", "list", data.toString()).out()).isEqualTo("no segments\n");
            node.create("default/lines", "{\"kind\":\"log\",\"shards\":1}");
            node.append("default/lines", "text/plain", "one\ntwo\n");
            var file = node.archive("default/lines").getFirst();
            var listed = Cli.run("segment", "list", data.toString());
            assertThat(listed.out().lines().skip(1).toList())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .contains("default.lines", "archive", "  2  ", "segments/" + file.getFileName()));
        }
        assertThat(Cli.run("segment", "list", folder.toString()).status()).isEqualTo(2);
    }

    @Test
    void catPrintsTheRowsAskedForInTheColumnsAskedFor() throws Exception {
        Path segment;
        try (var node = new ServingNode(folder.resolve("data"))) {
            node.create(
                    "default/rows",
                    "{\"kind\":\"record\",\"shards\":1,\"key\":[\"id\"],\"columns\":[{\"name\":\"id\",\"type\":\"int64\"},"
                            + "{\"name\":\"text\",\"type\":\"string\"},{\"name\":\"raw\",\"type\":\"bytes\"}]}");
            node.append(
                    "default/rows",
                    "application/x-ndjson",
                    "{\"id\":1,\"text\":\"a\\tb\",\"raw\":\"/w==\"}\n{\"id\":2}\n{\"id\":3,\"text\":\"c\"}\n");
            segment = node.archive("default/rows").getFirst();
        }
        var all = cat(segment);
        assertThat(all.getFirst()).isEqualTo("row\tid\ttext\traw");
        assertThat(all.stream().skip(1).map(line -> line.substring(line.indexOf('\t') + 1)))
                .containsExactlyInAnyOrder("1\ta\\tb\t0xff", "2\t\t", "3\tc\t");
        assertThat(cat(segment, "--columns", "_kind,id").getFirst()).isEqualTo("row\t_kind\tid");
        assertThat(cat(segment, "--from", "1", "--count", "1"))
                .hasSize(2)
                .last()
                .asString()
                .startsWith("1\t");
        assertThat(cat(segment, "--from", "2", "--count", "9")).hasSize(2);
        assertThat(cat(segment, "--from", "3")).hasSize(1);

        var unknown = Cli.run("segment", "cat", segment.toString(), "--columns", "no");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).contains("no such column: no; there are id, text, raw, _key");
        assertThat(Cli.run("segment", "cat", segment.toString(), "--from", "-1").status())
                .isEqualTo(2);
        assertThat(Cli.run("segment", "show", folder.toString()).err()).contains("not a file");

        var shown = Cli.run("segment", "show", segment.toString());
        assertThat(shown.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
                .contains("table default.rows", "rows 3", "text string searched by word", "_key bytes key, hidden")
                .anyMatch(line -> line.matches("record batches 1"))
                .anyMatch(line -> line.matches("terms \\d+"));
    }

    private static List<String> cat(Path segment, String... arguments) {
        var all = new String[arguments.length + 3];
        all[0] = "segment";
        all[1] = "cat";
        all[2] = segment.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        var ran = Cli.run(all);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran.out().lines().toList();
    }
}
