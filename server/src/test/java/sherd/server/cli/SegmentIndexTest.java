package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exported index of a segment, as MessagePack's own library for JavaScript reads it, has the words of the lines. */
final class SegmentIndexTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final Pattern WORD = Pattern.compile("[a-z0-9_]+");
    private static final Pattern ADDRESS = Pattern.compile("10\\.0\\.\\d\\.\\d+:\\d+");

    @TempDir
    Path folder;

    @Test
    void everyTermHasTheRowsThatHaveIt() throws Exception {
        System.err.println("SegmentIndexTest: -Dsherd.test.seed=" + SEED);
        var lines = lines(new Random(SEED));
        Path segment;
        try (var node = new ServingNode(folder.resolve("data"))) {
            node.create("default/lines", "{\"kind\":\"log\",\"shards\":1}");
            node.append("default/lines", "text/plain", String.join("\n", lines) + "\n");
            segment = node.archive("default/lines").getFirst();
        }
        var out = folder.resolve("index.msgpack");
        var ran = Cli.run("segment", "index", segment.toString(), "--msgpack", out.toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("wrote ", " bytes, to " + out);
        var read = (Map<?, ?>) Json.parsed(SegmentReaders.javaScript("msgpack-reader", "@msgpack/msgpack", out))
                .orElseThrow();
        assertThat(read.keySet().toString()).isEqualTo("[segment_id, term_index, doc_count, timestamp_range]");
        assertThat(read.get("segment_id") + ".tar").isEqualTo(String.valueOf(segment.getFileName()));
        assertThat(Json.number(read, "doc_count")).isEqualTo(lines.size());
        assertThat(Json.list(read, "timestamp_range"))
                .hasSize(2)
                .allSatisfy(time -> assertThat(String.valueOf(time)).matches("20\\d\\d-\\d\\d-\\d\\dT[\\d:.]+Z"));
        assertThat(new TreeMap<>((Map<?, ?>) read.get("term_index"))).isEqualTo(wanted(lines));

        assertThat(Cli.run("segment", "index", segment.toString(), "--msgpack", out.toString())
                        .status())
                .as("a file that is there is not overwritten")
                .isEqualTo(2);
        var shown = Cli.run("segment", "index", segment.toString());
        assertThat(shown.out()).contains("dictionary", "lists of blocks", "terms everywhere");
        assertThat(Files.exists(out)).isTrue();
    }

    /** Words of one row, of many rows, and of nearly all. */
    private static List<String> lines(Random random) {
        var lines = new ArrayList<String>();
        for (int i = 0; i < 5000; i++) {
            var line = new StringBuilder("Request ");
            line.append("word_").append((int) Math.pow(random.nextDouble() * 17, 3));
            line.append(i % 100 < 30 ? " FAILED" : " done");
            if (i % 7 == 0) {
                line.append(" from 10.0.0.").append(random.nextInt(200)).append(":80");
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static Map<Object, Object> wanted(List<String> lines) {
        var wanted = new TreeMap<Object, Object>();
        for (int row = 0; row < lines.size(); row++) {
            var line = lines.get(row).toLowerCase(Locale.ROOT);
            int number = row;
            WORD.matcher(line).results().forEach(word -> add(wanted, word.group(), number));
            ADDRESS.matcher(line).results().forEach(word -> add(wanted, word.group(), number));
        }
        return wanted;
    }

    @SuppressWarnings("unchecked") // lists of our own making
    private static void add(Map<Object, Object> wanted, String term, int row) {
        var rows = (List<Object>) wanted.computeIfAbsent(term, t -> new ArrayList<>());
        if (rows.isEmpty() || !rows.getLast().equals(row)) {
            rows.add(row);
        }
    }
}
