package sherd.server.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The project's documents: README.md and everything under docs/. */
final class Documents {
    static final Path HOME = home();

    private static final int WIDTH = 120;
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");

    private Documents() {}

    private static Path home() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/GLOSSARY.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "not in a checkout");
        }
        return folder;
    }

    static List<Path> all() throws IOException {
        var all = new ArrayList<Path>();
        all.add(HOME.resolve("README.md"));
        try (var files = Files.walk(HOME.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(all::add);
        }
        return all;
    }

    static List<Path> withExamples() throws IOException {
        var found = new ArrayList<Path>();
        for (var document : all()) {
            if (!Example.of(Files.readAllLines(document)).isEmpty()) {
                found.add(document);
            }
        }
        return found;
    }

    static String text(String name) throws IOException {
        return Files.readString(HOME.resolve(name));
    }

    /** Links to files or headings that are not there, as {@code document:line link}. */
    static List<String> brokenLinks(Path document) throws IOException {
        return prose(document, line -> {
            var broken = new ArrayList<String>();
            var link = LINK.matcher(line);
            while (link.find()) {
                if (!link.group(1).contains("://") && !leadsSomewhere(document, link.group(1))) {
                    broken.add(link.group(1));
                }
            }
            return broken;
        });
    }

    /** Lines of prose that are too long; tables and examples are as wide as they must be. */
    static List<String> wideLines(Path document) throws IOException {
        return prose(
                document,
                line -> line.length() > WIDTH && !line.startsWith("|") ? List.of(line.substring(0, 40)) : List.of());
    }

    private interface Finder {
        List<String> in(String line) throws IOException;
    }

    private static List<String> prose(Path document, Finder finder) throws IOException {
        var found = new ArrayList<String>();
        boolean fenced = false;
        int number = 0;
        for (var line : Files.readAllLines(document)) {
            number++;
            fenced ^= line.startsWith("```");
            for (var one : fenced ? List.<String>of() : finder.in(line)) {
                found.add(document.getFileName() + ":" + number + " " + one);
            }
        }
        return found;
    }

    private static boolean leadsSomewhere(Path document, String link) throws IOException {
        int mark = link.indexOf('#');
        var file = mark == 0 ? document : document.resolveSibling(mark < 0 ? link : link.substring(0, mark));
        if (!Files.exists(file)) {
            return false;
        }
        var heading = mark < 0 ? "" : link.substring(mark + 1);
        Predicate<String> isIt = line -> line.startsWith("#") && anchor(line).equals(heading);
        return mark < 0 || Files.readAllLines(file).stream().anyMatch(isIt);
    }

    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }
}
