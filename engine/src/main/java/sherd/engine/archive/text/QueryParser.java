package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** Recursive descent over the characters of a query. */
final class QueryParser {
    private static final int MAX_LENGTH = 8 << 10;
    private static final int MAX_DEPTH = 64;

    private final String text;
    private final Tokenizer tokenizer = new Tokenizer();
    private int at;
    private int depth;

    QueryParser(String text) {
        this.text = text;
    }

    Query parse() {
        if (text.length() > MAX_LENGTH) {
            throw invalid("query too long: characters=" + text.length() + " limit=" + MAX_LENGTH, MAX_LENGTH);
        }
        skipSpace();
        if (at == text.length()) {
            return new Query.All();
        }
        var query = or();
        if (at < text.length()) {
            throw invalid("a ')' that nothing opened", at);
        }
        return query;
    }

    private Query or() {
        var parts = new ArrayList<Query>();
        parts.add(and());
        while (keyword("OR")) {
            parts.add(and());
        }
        return parts.size() == 1 ? parts.getFirst() : new Query.Or(parts);
    }

    private Query and() {
        var parts = new ArrayList<Query>();
        int start = at;
        while (at < text.length() && text.charAt(at) != ')' && !keywordAhead("OR")) {
            parts.add(not());
        }
        if (parts.isEmpty()) {
            throw invalid("a word is missing", start);
        }
        return parts.size() == 1 ? parts.getFirst() : new Query.And(parts);
    }

    private Query not() {
        boolean negated = false;
        int start = at;
        while (keyword("NOT")) {
            negated = !negated;
            if (at == text.length() || text.charAt(at) == ')' || keywordAhead("OR")) {
                throw invalid("NOT needs something to deny", start);
            }
        }
        var query = primary();
        return negated ? new Query.Not(query) : query;
    }

    private Query primary() {
        Query query = switch (text.charAt(at)) {
            case '(' -> group();
            case '"' -> {
                int start = at;
                yield phrase(quoted(), start);
            }
            default -> bare();
        };
        skipSpace();
        return query;
    }

    private Query group() {
        int open = at++;
        if (++depth > MAX_DEPTH) {
            throw invalid("too many parentheses within each other: limit=" + MAX_DEPTH, open);
        }
        skipSpace();
        var query = or();
        if (at == text.length()) {
            throw invalid("a '(' that nothing closes", open);
        }
        at++;
        depth--;
        return query;
    }

    /** A run without space, quote or parenthesis: a word, a pattern or a field. */
    private Query bare() {
        int start = at;
        while (at < text.length() && !ends(text.charAt(at))) {
            at++;
        }
        var run = text.substring(start, at);
        int colon = run.indexOf(':');
        if (colon > 0 && isName(run.substring(0, colon))) {
            var column = run.substring(0, colon);
            int valueStart = start + colon + 1;
            if (colon == run.length() - 1 && at < text.length() && text.charAt(at) == '"') {
                var value = quoted();
                var words = phrase(value, valueStart);
                return new Query.Field(
                        column, value, words, new Query.And(List.of(term(column, start), words)), valueStart);
            }
            var value = run.substring(colon + 1);
            var words = value.isEmpty() ? new Query.All() : tryTerm(value, valueStart);
            return new Query.Field(column, value, words, term(run, start), valueStart);
        }
        return term(run, start);
    }

    /** A value may be no word and still a number: {@code level:-} is settled when the column is known. */
    private Query tryTerm(String value, int start) {
        return termsOf(value).words().isEmpty() && value.indexOf('*') < 0
                ? new Query.Phrase(List.of())
                : term(value, start);
    }

    private Query term(String run, int start) {
        if (run.indexOf('*') >= 0) {
            return pattern(run, start);
        }
        var terms = termsOf(run);
        if (terms.words().isEmpty()) {
            throw invalid("no letters or digits to look for", start);
        }
        return terms.joints().isEmpty()
                ? ofWords(terms.words())
                : new Query.Phrase(terms.words(), terms.joints(), false, false);
    }

    private Query phrase(String quoted, int start) {
        var words = termsOf(quoted).words();
        if (words.isEmpty()) {
            throw invalid("a phrase without letters or digits", start);
        }
        return ofWords(words);
    }

    private static Query ofWords(List<String> words) {
        if (words.size() > 1) {
            return new Query.Phrase(words);
        }
        var word = words.getFirst();
        int first = word.codePointAt(0);
        boolean oneOfPair = Tokenizer.isPaired(first) && word.length() == Character.charCount(first);
        return oneOfPair ? new Query.Infix(word) : new Query.Word(word);
    }

    private Query pattern(String run, int start) {
        if (run.equals("*")) {
            return new Query.All();
        }
        boolean leading = run.startsWith("*");
        int end = run.length() - (run.endsWith("*") ? 1 : 0);
        int from = leading ? 1 : 0;
        int star = from < end ? run.indexOf('*', from) : from;
        if (end == run.length() || (star >= 0 && star < end) || from >= end) {
            throw invalid("a '*' ends a word (pre*) or stands on both sides (*mid*)", start + Math.max(star, 0));
        }
        var folded = Tokenizer.fold(run.substring(from, end));
        int skip = 0;
        while (skip < folded.length() && Tokenizer.isConnector(folded.charAt(skip))) {
            skip++;
        }
        folded = folded.substring(skip);
        if (folded.isEmpty()) {
            throw invalid("no letters or digits beside the '*'", start);
        }
        if (!folded.codePoints().allMatch(c -> Tokenizer.isWord(c) || Tokenizer.isConnector(c))) {
            throw invalid("beside a '*' only letters, digits and '_ . : / - @' can be looked for", start);
        }
        if (folded.codePoints().anyMatch(Tokenizer::isPaired)) {
            if (!folded.codePoints().allMatch(Tokenizer::isPaired)) {
                throw invalid("a '*' beside characters of two kinds of script", start);
            }
            return ofWords(termsOf(folded).words());
        }
        if (folded.codePoints().noneMatch(Tokenizer::isConnector)) {
            return leading ? new Query.Infix(folded) : new Query.Prefix(folded);
        }
        return openPhrase(folded, leading, start);
    }

    /** Joined words with a '*' at the end, or at both ends. A connector before the '*' may be followed by any word. */
    private Query openPhrase(String folded, boolean openStart, int start) {
        var words = new ArrayList<String>();
        var joints = new StringBuilder();
        int from = 0;
        for (int i = 0; i <= folded.length(); i++) {
            if (i == folded.length() || Tokenizer.isConnector(folded.charAt(i))) {
                if (i == from && i < folded.length()) {
                    throw invalid("two of '. : / - @' in a row join no words", start);
                }
                words.add(folded.substring(from, i));
                if (i < folded.length()) {
                    joints.append(folded.charAt(i));
                }
                from = i + 1;
            }
        }
        return new Query.Phrase(words, joints.toString(), openStart, true);
    }

    private String quoted() {
        int open = at++;
        var inside = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            inside.append(text.charAt(at++));
        }
        if (at == text.length()) {
            throw invalid("a '\"' that nothing closes", open);
        }
        at++;
        return inside.toString();
    }

    /**
     * The words of a part of the query.
     *
     * @param joints what joins each to the next, if one connector does everywhere; else empty
     */
    private record Terms(List<String> words, String joints) {}

    private Terms termsOf(String part) {
        var words = new ArrayList<String>();
        var joints = new StringBuilder();
        var bytes = part.getBytes(UTF_8);
        tokenizer.tokenize(bytes, 0, bytes.length, new TermSink() {
            private int end;

            @Override
            public void word(byte[] buffer, int offset, int length) {
                if (offset == end + 1 && !words.isEmpty() && Tokenizer.isConnector(buffer[end])) {
                    joints.append((char) buffer[end]);
                }
                words.add(new String(buffer, offset, length, UTF_8));
                end = offset + length;
            }
        });
        // Pairs of characters overlap, and a single one may be in a pair: what joins them is not seen from the terms.
        boolean joined = joints.length() == words.size() - 1
                && words.stream().flatMapToInt(String::codePoints).noneMatch(Tokenizer::isPaired);
        return new Terms(words, joined ? joints.toString() : "");
    }

    private boolean keyword(String word) {
        if (!keywordAhead(word)) {
            return false;
        }
        at += word.length();
        skipSpace();
        return true;
    }

    private boolean keywordAhead(String word) {
        int end = at + word.length();
        return text.startsWith(word, at) && (end == text.length() || ends(text.charAt(end)));
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean ends(char character) {
        return Character.isWhitespace(character) || character == '(' || character == ')' || character == '"';
    }

    private static boolean isName(String text) {
        return text.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-'))
                && !Character.isDigit(text.charAt(0))
                && text.charAt(0) != '-';
    }

    private StoreException invalid(String problem, int position) {
        return invalid(text, problem, position, null);
    }

    static StoreException invalid(String query, String problem, int position, @Nullable Throwable cause) {
        var shown = query.length() > 200 ? query.substring(0, 200) + "..." : query;
        var message = "bad query: " + problem + ": position=" + (position + 1) + " query='" + shown
                + "'; write words, \"a phrase\", pre*, *mid*, column:value, OR, NOT and parentheses";
        return cause == null
                ? new StoreException(ErrorCode.INVALID_QUERY, message)
                : new StoreException(ErrorCode.INVALID_QUERY, message, cause);
    }
}
