package sherd.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which key was meant. */
final class Nearest {
    private static final int MOST_EDITS = 3;

    private Nearest() {}

    static Optional<String> to(String word, Collection<String> candidates) {
        return candidates.stream()
                .filter(candidate -> distance(word, candidate) <= MOST_EDITS
                        || lastName(candidate).equals(lastName(word)))
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
    }

    private static String lastName(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Levenshtein's: how many letters must be inserted, dropped or replaced. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
