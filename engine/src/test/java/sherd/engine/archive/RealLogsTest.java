package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.IndexSizes;
import sherd.engine.archive.text.Query;
import sherd.engine.disk.LocalDisk;
import sherd.engine.time.ManualClock;

/** Logs that others wrote, all of them in one segment: the same bytes come back, and words are where they are. */
final class RealLogsTest {
    private static final long SEED = Long.getLong("sherd.seed", System.nanoTime());
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}\\p{M}_]+");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void everyLineComesBackAndEveryWordIsFound() throws Exception {
        System.out.println("seed=" + SEED);
        var files = files();
        var lines = new ArrayList<byte[]>();
        for (var file : files) {
            split(Files.readAllBytes(file), lines);
        }
        assertThat(lines).hasSizeGreaterThan(100_000);
        var disk = new LocalDisk(folder);
        var meta = write(disk, lines);
        assertThat(SegmentCheck.check(disk, meta)).isEmpty();
        try (var segment = Segment.open(disk, meta, new SegmentCache(Rows.BUDGET, 8 << 20))) {
            report(segment, lines);
            var cursor = segment.cursor();
            for (int row = 0; row < lines.size(); row++) {
                cursor.seek(row);
                if (!Arrays.equals(cursor.getBytes(1), lines.get(row))) {
                    assertThat(cursor.getBytes(1)).as("row %d", row).isEqualTo(lines.get(row));
                }
            }
            checkWords(segment, lines, files);
        }
    }

    private static void checkWords(Segment segment, List<byte[]> lines, List<Path> files) throws Exception {
        var words = new ArrayList<TreeSet<String>>();
        for (var line : lines) {
            words.add(new TreeSet<>(List.of(BETWEEN_WORDS.split(new String(line, UTF_8).toLowerCase(Locale.ROOT)))));
        }
        var random = new Random(SEED);
        for (int i = 0; i < 300; i++) {
            var candidates = words.get(random.nextInt(words.size())).stream()
                    .filter(w -> w.matches("[a-z0-9_]+"))
                    .toList();
            if (candidates.isEmpty()) {
                continue;
            }
            var word = candidates.get(random.nextInt(candidates.size()));
            var wanted = new ArrayList<Long>();
            for (int row = words.size() - 1; row >= 0; row--) {
                if (words.get(row).contains(word)) {
                    wanted.add((long) row);
                }
            }
            var got = new ArrayList<Long>();
            SegmentSearch.search(
                    segment, Query.parse(word), Long.MIN_VALUE, Long.MAX_VALUE, (row, time) -> got.add(row));
            assertThat(got).as("word %s", word).isEqualTo(wanted);
            if (i % 15 == 0) {
                assertThat(grep(word, files)).as("grep -c -w -i %s", word).isEqualTo(wanted.size());
            }
        }
    }

    private static long grep(String word, List<Path> files) throws Exception {
        var command = new ArrayList<>(List.of("grep", "-c", "-h", "-a", "-w", "-i", "-F", "-e", word));
        files.forEach(f -> command.add(f.toString()));
        var builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        var grep = builder.start();
        var counts = new String(grep.getInputStream().readAllBytes(), UTF_8);
        assertThat(grep.waitFor()).isLessThan(2);
        return counts.lines().mapToLong(Long::parseLong).sum();
    }

    private static SegmentMeta write(LocalDisk disk, List<byte[]> lines) {
        var spec = Rows.lines("arc-20261123-001");
        try (var writer = SegmentWriter.create(disk, spec, new ManualClock(0), Rows.BUDGET)) {
            for (int row = 0; row < lines.size(); row++) {
                writer.putLong(0, row);
                writer.putBytes(1, lines.get(row), 0, lines.get(row).length);
                writer.endRow();
            }
            return writer.seal();
        }
    }

    private static void report(Segment segment, List<byte[]> lines) {
        long text = lines.stream().mapToLong(l -> l.length + 1L).sum();
        var index = IndexSizes.of(segment.index(new ReadStats()));
        System.out.printf(
                Locale.ROOT,
                "text=%d rows=%d file=%.4f index=%.4f (dictionary=%.4f single=%.4f rows=%.4f blocks=%.4f sparse=%.4f)"
                        + " terms=%d everywhere=%d%n",
                text,
                lines.size(),
                share(segment.meta().sizeBytes(), text),
                share(index.total(), text),
                share(index.dictionary(), text),
                share(index.single(), text),
                share(index.rows(), text),
                share(index.blocks(), text),
                share(index.sparse(), text),
                index.terms(),
                index.everywhere());
    }

    private static double share(long bytes, long text) {
        return (double) bytes / text;
    }

    static void split(byte[] content, List<byte[]> lines) {
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                lines.add(Arrays.copyOfRange(content, start, i));
                start = i + 1;
            }
        }
        if (start < content.length) {
            lines.add(Arrays.copyOfRange(content, start, content.length));
        }
    }

    static List<Path> files() throws IOException {
        var named = System.getProperty("SHERD_DATA", System.getenv().getOrDefault("SHERD_DATA", ""));
        var here = Path.of("").toAbsolutePath();
        var checkout = here.endsWith("engine") ? here.resolveSibling("") : here;
        var data = named.isEmpty() ? checkout.resolve("../shared/data").normalize() : Path.of(named);
        assumeTrue(
                Files.isDirectory(data), () -> "SKIPPED: no real logs at " + data + "; set SHERD_DATA to their folder");
        try (var tree = Files.walk(data)) {
            return tree.filter(Files::isRegularFile)
                    .filter(f -> f.getFileName().toString().contains("log"))
                    .sorted()
                    .toList();
        }
    }
}
