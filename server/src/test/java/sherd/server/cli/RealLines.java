package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;

/** Lines of files that others wrote, and which words are in them by a plain scan that shares no code with the store. */
final class RealLines {
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}\\p{M}_]+");

    private final List<String> lines = new ArrayList<>();
    private final List<Set<String>> words = new ArrayList<>();

    /** Every file beside the project, or in {@code SHERD_DATA}; the test is skipped where there are none. */
    static List<Path> files() throws IOException {
        var named = System.getenv().getOrDefault("SHERD_DATA", "");
        var here = Path.of("").toAbsolutePath();
        var checkout = here.endsWith("server") ? here.resolveSibling("") : here;
        var data = named.isEmpty() ? checkout.resolve("../shared/data").normalize() : Path.of(named);
        assumeTrue(
                Files.isDirectory(data), () -> "SKIPPED: no real logs at " + data + "; set SHERD_DATA to their folder");
        try (var tree = Files.walk(data)) {
            return tree.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** The lines of a text as they are, carriage returns and all; a last one without a line feed counts. */
    static List<String> split(String text) {
        var lines = new ArrayList<String>();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            lines.add(text.substring(start, end));
            start = end + 1;
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    void add(List<String> more) {
        for (var line : more) {
            lines.add(line);
            words.add(new HashSet<>(List.of(BETWEEN_WORDS.split(line.toLowerCase(Locale.ROOT)))));
        }
    }

    /** Adds the lines of one file and returns them. */
    List<String> add(Path file) throws IOException {
        var more = split(new String(Files.readAllBytes(file), UTF_8));
        add(more);
        return more;
    }

    List<String> lines() {
        return lines;
    }

    /** A word of plain letters and digits, from a line picked at random. */
    String randomWord(Random random) {
        while (true) {
            var candidates = words.get(random.nextInt(words.size())).stream()
                    .filter(word -> word.matches("[a-z0-9_]+"))
                    .sorted()
                    .toList();
            if (!candidates.isEmpty()) {
                return candidates.get(random.nextInt(candidates.size()));
            }
        }
    }

    /** The lines that have a word, in the order they were added. */
    List<String> with(String word) {
        var found = new ArrayList<String>();
        for (int i = 0; i < lines.size(); i++) {
            if (words.get(i).contains(word)) {
                found.add(lines.get(i));
            }
        }
        return found;
    }
}
