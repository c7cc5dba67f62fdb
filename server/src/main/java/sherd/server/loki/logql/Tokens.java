package sherd.server.loki.logql;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The tokens of a query, taken one after the other. */
final class Tokens {
    private final String query;
    private final List<Token> tokens;
    private int at;

    Tokens(String query) {
        this.query = query;
        this.tokens = Lexer.tokens(query);
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token take() {
        var token = peek();
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean takeIf(String sign) {
        if (peek().is(sign)) {
            take();
            return true;
        }
        return false;
    }

    boolean takeWordIf(String word) {
        if (peek().isWord(word)) {
            take();
            return true;
        }
        return false;
    }

    void expect(String sign) {
        if (!takeIf(sign)) {
            throw unexpected("'" + sign + "'");
        }
    }

    String expect(Token.Kind kind) {
        if (peek().kind() != kind) {
            throw unexpected(kind.toString());
        }
        return take().text();
    }

    /** {@code (a, b)}, which may be empty. */
    Set<String> names() {
        expect("(");
        var names = new HashSet<String>();
        while (!takeIf(")")) {
            names.add(expect(Token.Kind.IDENTIFIER));
            if (!peek().is(")")) {
                expect(",");
            }
        }
        return names;
    }

    LogQlException unexpected(String expecting) {
        return at(peek(), "unexpected " + peek().shown() + (expecting.isEmpty() ? "" : ", expecting " + expecting));
    }

    LogQlException at(Token token, String what) {
        return LogQlException.at(query, token.position(), what);
    }
}
