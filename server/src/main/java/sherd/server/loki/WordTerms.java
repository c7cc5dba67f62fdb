package sherd.server.loki;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sherd.engine.archive.text.Query;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.MatchOp;

/**
 * What the index of words can say about a query. A line that contains a text has terms that contain the text's words:
 * whole words where the text has a separator on both sides, parts of words at its ends. Only plain ASCII is used: the
 * index folds characters, and what stands beside others may be folded together with them.
 */
final class WordTerms {
    private static final int SHORTEST_PART = 3;

    private WordTerms() {}

    static List<Query> of(Expr.Log log) {
        var terms = new ArrayList<Query>();
        for (var text : log.contained()) {
            add(text, false, terms);
        }
        for (var matcher : log.selector()) {
            if (matcher.op() == MatchOp.EQUAL && plain(matcher.value())) {
                // In a row's JSON it stands between quotes, so its words are whole.
                add(matcher.value(), true, terms);
            }
        }
        return terms;
    }

    private static boolean plain(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '"' && c != '\\');
    }

    /** @param bounded whether what stands before and after the text separates words */
    private static void add(String text, boolean bounded, List<Query> terms) {
        int at = 0;
        while (at < text.length()) {
            if (!isWord(text.charAt(at))) {
                at++;
                continue;
            }
            int start = at;
            while (at < text.length() && isWord(text.charAt(at))) {
                at++;
            }
            boolean startsWhole = start > 0 ? text.charAt(start - 1) < 0x80 : bounded;
            boolean endsWhole = at < text.length() ? text.charAt(at) < 0x80 : bounded;
            var word = text.substring(start, at).toLowerCase(Locale.ROOT);
            if (startsWhole && endsWhole) {
                terms.add(new Query.Word(word));
            } else {
                // A mark that follows would be folded into the last character.
                var part = endsWhole ? word : word.substring(0, word.length() - 1);
                if (part.length() >= SHORTEST_PART) {
                    terms.add(new Query.Infix(part));
                }
            }
        }
    }

    private static boolean isWord(char c) {
        return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
