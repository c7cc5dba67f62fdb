package sherd.engine;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What words a text has, by an account of its own: regular expressions over strings, no code shared with the store. */
final class PlainScan {
    private static final String PAIRED =
            "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}&&[\\p{L}\\p{Nd}\\p{Mn}\\p{Mc}\\p{Nl}]]";
    private static final String OTHER =
            "[\\p{L}\\p{Nd}\\p{Mn}\\p{Mc}\\p{Nl}_&&[^\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsHangul}]]";
    private static final Pattern RUN = Pattern.compile("(" + PAIRED + "+)|(" + OTHER + "+)");

    /** A word and where it stands in the folded text. */
    record Word(String text, int start, int end) {}

    private final String folded;
    private final List<Word> words = new ArrayList<>();

    PlainScan(String text) {
        folded = fold(text);
        var runs = RUN.matcher(folded);
        while (runs.find()) {
            if (runs.group(1) == null || folded.codePointCount(runs.start(), runs.end()) == 1) {
                words.add(new Word(runs.group(), runs.start(), runs.end()));
                continue;
            }
            for (int at = runs.start(); ; ) {
                int next = folded.offsetByCodePoints(at, 1);
                if (next >= runs.end()) {
                    break;
                }
                int end = folded.offsetByCodePoints(next, 1);
                words.add(new Word(folded.substring(at, end), at, end));
                at = next;
            }
        }
    }

    static String fold(String text) {
        var upper = Normalizer.normalize(
                Normalizer.normalize(text, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT), Normalizer.Form.NFKC);
        var lower = new StringBuilder();
        upper.codePoints().forEach(c -> lower.appendCodePoint(Character.toLowerCase(c)));
        return Normalizer.normalize(lower, Normalizer.Form.NFKC);
    }

    static boolean isPaired(String text) {
        return Pattern.compile(PAIRED).matcher(fold(text)).find();
    }

    List<Word> words() {
        return words;
    }

    String folded() {
        return folded;
    }

    boolean hasWord(String word) {
        return words.stream().anyMatch(w -> w.text().equals(word));
    }

    boolean hasPrefix(String prefix) {
        return words.stream().anyMatch(w -> w.text().startsWith(prefix));
    }

    boolean hasInfix(String infix) {
        return words.stream().anyMatch(w -> w.text().contains(infix));
    }

    boolean hasPhrase(List<String> phrase) {
        for (int i = 0; i + phrase.size() <= words.size(); i++) {
            int from = i;
            if (java.util.stream.IntStream.range(0, phrase.size())
                    .allMatch(k -> words.get(from + k).text().equals(phrase.get(k)))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the text has this as it is, cut at words where it is not open, with whole words joined by connectors. */
    boolean hasJoined(String joined, boolean openStart, boolean openEnd) {
        for (int at = folded.indexOf(joined); at >= 0; at = folded.indexOf(joined, at + 1)) {
            int end = at + joined.length();
            boolean starts = openStart || at == 0 || !isWordAt(at - 1);
            boolean ends = openEnd || end == folded.length() || !isWordAt(end);
            boolean more = !".:/-@".contains(joined.substring(joined.length() - 1))
                    || (end < folded.length() && isWordAt(end));
            if (starts && ends && more) {
                return true;
            }
        }
        return false;
    }

    private boolean isWordAt(int index) {
        return Pattern.matches(OTHER, folded.substring(index, index + 1));
    }
}
