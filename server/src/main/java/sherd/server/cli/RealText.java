package sherd.server.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Text that people or programs wrote, for the demo, and what it holds by an account of its own: the lines that have a
 * word, counted as {@code grep -w -i} counts, with no code shared with the store.
 */
public final class RealText {
    private static final long MOST_BYTES = 16L << 20;
    private static final int MOST_FILES = 400;
    private static final List<String> USUAL_WORDS =
            List.of("error", "failed", "timeout", "googlebot", "leader", "authentication", "warranty", "copyright");

    private final List<Path> files;
    private final String origin;
    /** Finds exactly these files; null if no short command does. */
    private final @Nullable String finder;

    private final long bytes;
    private final long lines;
    private final Map<String, Long> linesOf;

    private RealText(
            List<Path> files,
            String origin,
            @Nullable String finder,
            long bytes,
            long lines,
            Map<String, Long> linesOf) {
        this.files = files;
        this.origin = origin;
        this.finder = finder;
        this.bytes = bytes;
        this.lines = lines;
        this.linesOf = linesOf;
    }

    /** Logs in {@code SHERD_DATA} or beside the project, else what every Debian system has. */
    public static RealText find() throws IOException {
        var given = System.getenv("SHERD_DATA");
        var home = Path.of(System.getProperty("sherd.home", "."));
        var logs = (given == null ? home.resolve("../shared/data") : Path.of(given))
                .toAbsolutePath()
                .normalize();
        if (Files.isDirectory(logs)) {
            return read(
                    filesUnder(logs, ".log"), "logs in " + logs, "find " + logs + " -type f -name '*.log*' -print0");
        }
        var files = new ArrayList<Path>();
        for (var folder : List.of("/usr/share/common-licenses", "/usr/share/doc", "/var/log/dpkg.log")) {
            files.addAll(filesUnder(Path.of(folder), ""));
        }
        return read(
                files, "licences, package documentation and dpkg.log of this system (" + logs + " is not there)", null);
    }

    private static List<Path> filesUnder(Path top, String infix) throws IOException {
        if (!Files.exists(top)) {
            return List.of();
        }
        try (var all = Files.walk(top)) {
            return all.filter(file -> Files.isRegularFile(file) && Files.isReadable(file))
                    .filter(file -> String.valueOf(file.getFileName()).contains(infix))
                    .filter(file -> !file.toString().endsWith(".gz"))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }

    private static RealText read(List<Path> candidates, String origin, @Nullable String finder) throws IOException {
        var files = new ArrayList<Path>();
        var linesOf = new HashMap<String, Long>();
        long bytes = 0;
        long lines = 0;
        for (var file : candidates) {
            long size = Files.size(file);
            if (size == 0 || bytes + size > MOST_BYTES || files.size() == MOST_FILES) {
                continue;
            }
            var content = Files.readAllBytes(file);
            if (isText(content)) {
                files.add(file);
                bytes += size;
                lines += count(content, linesOf);
            }
        }
        if (files.isEmpty()) {
            throw new BadException("no text to show the store with; set SHERD_DATA to a folder of log files");
        }
        return new RealText(
                List.copyOf(files), origin, files.size() == candidates.size() ? finder : null, bytes, lines, linesOf);
    }

    private static boolean isText(byte[] content) {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
            return text.chars().noneMatch(c -> c == 0);
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static long count(byte[] content, Map<String, Long> linesOf) {
        var lines = new String(content, StandardCharsets.UTF_8).split("\n", -1);
        int last = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
        for (var line : Arrays.asList(lines).subList(0, last)) {
            Set<String> words =
                    new HashSet<>(Arrays.asList(line.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}_]+")));
            words.forEach(word -> linesOf.merge(word, 1L, Long::sum));
        }
        return last;
    }

    /** Plain words of the text: some that people look for, then ones that are neither rare nor everywhere. */
    public List<String> words(int count) {
        var known = USUAL_WORDS.stream().filter(word -> linesOf(word) > 0);
        var others = linesOf.entrySet().stream()
                .filter(entry -> entry.getKey().matches("[a-z]{5,14}"))
                .filter(entry -> entry.getValue() > 1 && entry.getValue() < lines / 20)
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey);
        return Stream.concat(known, others).distinct().limit(count).toList();
    }

    long linesOf(String word) {
        return linesOf.getOrDefault(word, 0L);
    }

    /** A command line that gives all the files to a command. */
    String command(String command) {
        return finder == null ? command + " FILE..." : finder + " | xargs -0 " + command;
    }

    /** What grep itself counts; empty where there is no grep. */
    Optional<Long> grep(String word) throws IOException {
        var words = new ArrayList<>(List.of("grep", "-a", "-h", "-w", "-i", word));
        files.forEach(file -> words.add(file.toString()));
        Process process;
        try {
            process = new ProcessBuilder(words)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        process.getOutputStream().close();
        long lines = 0;
        try (var in = new BufferedInputStream(process.getInputStream())) {
            for (int c = in.read(); c >= 0; c = in.read()) {
                lines += c == '\n' ? 1 : 0;
            }
        }
        return Optional.of(lines);
    }

    public List<Path> files() {
        return files;
    }

    String origin() {
        return origin;
    }

    public long bytes() {
        return bytes;
    }

    public long lines() {
        return lines;
    }
}
