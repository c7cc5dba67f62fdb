package sherd.bench.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import sherd.engine.archive.text.TermSink;
import sherd.engine.archive.text.Tokenizer;

/** Words to look for in a replayed log, chosen at random from what it has. */
final class SearchWords {
    private static final int RARE_ROWS = 10;

    private final ReplayedLog log;
    private final int linesInReplay;
    private final long rows;
    private final Random random;
    private final Tokenizer tokenizer = new Tokenizer();
    private final Map<String, Integer> rowsOf = new HashMap<>();
    private final List<Place> rareIdentifiers = new ArrayList<>();
    private final List<String> onceAReplay = new ArrayList<>();

    /** A word of a line of the text. */
    private record Place(int line, int word) {}

    /** A row and some of its words. */
    record Pick(long row, List<String> words) {}

    SearchWords(ReplayedLog log, int linesInReplay, long rows, long seed) {
        this.log = log;
        this.linesInReplay = linesInReplay;
        this.rows = rows;
        this.random = new Random(seed);
        for (int line = 0; line < linesInReplay; line++) {
            new HashSet<>(words(line)).forEach(word -> rowsOf.merge(word, 1, Integer::sum));
        }
        for (int line = 0; line < linesInReplay; line++) {
            gather(line, words(line));
        }
    }

    private void gather(int line, List<String> words) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (isPlain(word) && seen.add(word)) {
                int count = rowsOf.getOrDefault(word, 0);
                if (ReplayedLog.isIdentifier(word) && count <= RARE_ROWS) {
                    rareIdentifiers.add(new Place(line, i));
                } else if (!ReplayedLog.isIdentifier(word) && count == 1) {
                    onceAReplay.add(word);
                }
            }
        }
    }

    /** A word that one to ten rows of one replay have. */
    Pick rare() {
        while (true) {
            var place = rareIdentifiers.get(random.nextInt(rareIdentifiers.size()));
            long row = random.nextLong((rows + linesInReplay - 1) / linesInReplay) * linesInReplay + place.line();
            if (row < rows) {
                return new Pick(row, List.of(words(row).get(place.word())));
            }
        }
    }

    /** A word that one row of each replay has. */
    String onceAReplay() {
        return onceAReplay.get(random.nextInt(onceAReplay.size()));
    }

    /** Two words of one row; each word of the text is the first of them as likely as any other. */
    Pick two() {
        while (true) {
            long row = random.nextLong(rows);
            var words =
                    words(row).stream().filter(SearchWords::isPlain).distinct().toList();
            if (words.size() > 1) {
                int first = random.nextInt(words.size());
                int second = (first + 1 + random.nextInt(words.size() - 1)) % words.size();
                return new Pick(row, List.of(words.get(first), words.get(second)));
            }
        }
    }

    /** A rare word and another one of its row. */
    Pick rareAndOther() {
        while (true) {
            var rare = rare();
            var others = words(rare.row()).stream()
                    .filter(word -> isPlain(word) && !rare.words().contains(word))
                    .toList();
            if (!others.isEmpty()) {
                return new Pick(
                        rare.row(), List.of(rare.words().getFirst(), others.get(random.nextInt(others.size()))));
            }
        }
    }

    /** A word of the text with one letter changed, so that no row has it. */
    String absent() {
        while (true) {
            var word = new StringBuilder(onceAReplay());
            word.setCharAt(random.nextInt(word.length()), (char) ('a' + random.nextInt(26)));
            word.append((char) ('a' + random.nextInt(26)));
            if (!rowsOf.containsKey(word.toString())) {
                return word.toString();
            }
        }
    }

    private static boolean isPlain(String word) {
        return word.length() > 1 && word.chars().allMatch(c -> c < 128);
    }

    private List<String> words(long row) {
        var words = new ArrayList<String>();
        var line = log.line(row);
        tokenizer.tokenize(line, 0, line.length, new TermSink() {
            @Override
            public void word(byte[] buffer, int offset, int length) {
                words.add(new String(buffer, offset, length, UTF_8));
            }
        });
        return words;
    }
}
