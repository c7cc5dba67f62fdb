package sherd.server.loki.logql;

import java.util.ArrayList;
import java.util.List;

/** Cuts a query into tokens. */
final class Lexer {
    private static final int MAX_LENGTH = 64 << 10;
    private static final List<String> SIGNS = List.of(
            "|=", "|~", "!=", "!~", "=~", "==", ">=", "<=", "|", "{", "}", "(", ")", "[", "]", ",", "=", ">", "<", "+",
            "-", "*", "/", "%", "^");

    private final String query;
    private int at;

    private Lexer(String query) {
        this.query = query;
    }

    static List<Token> tokens(String query) {
        if (query.length() > MAX_LENGTH) {
            throw new LogQlException("query too long: characters=" + query.length() + " limit=" + MAX_LENGTH);
        }
        return new Lexer(query).run();
    }

    private List<Token> run() {
        var tokens = new ArrayList<Token>();
        while (true) {
            skipSpace();
            if (at == query.length()) {
                tokens.add(new Token(Token.Kind.END, "", at));
                return tokens;
            }
            tokens.add(next());
        }
    }

    private void skipSpace() {
        while (at < query.length()) {
            if (query.charAt(at) == '#') {
                while (at < query.length() && query.charAt(at) != '\n') {
                    at++;
                }
            } else if (Character.isWhitespace(query.charAt(at))) {
                at++;
            } else {
                return;
            }
        }
    }

    private Token next() {
        int start = at;
        char c = query.charAt(at);
        if (c == '"') {
            return new Token(Token.Kind.STRING, quoted(), start);
        }
        if (c == '`') {
            int close = query.indexOf('`', at + 1);
            if (close < 0) {
                throw LogQlException.at(query, start, "literal not terminated");
            }
            at = close + 1;
            return new Token(Token.Kind.STRING, query.substring(start + 1, close), start);
        }
        if (isLetter(c)) {
            while (at < query.length() && (isLetter(query.charAt(at)) || isDigit(query.charAt(at)))) {
                at++;
            }
            return new Token(Token.Kind.IDENTIFIER, query.substring(start, at), start);
        }
        if (isDigit(c) || (c == '.' && at + 1 < query.length() && isDigit(query.charAt(at + 1)))) {
            return number();
        }
        if (query.startsWith("--", at) && at + 2 < query.length() && isLetter(query.charAt(at + 2))) {
            at += 2;
            while (at < query.length() && (isLetter(query.charAt(at)) || query.charAt(at) == '-')) {
                at++;
            }
            return new Token(Token.Kind.FLAG, query.substring(start, at), start);
        }
        for (var sign : SIGNS) {
            if (query.startsWith(sign, at)) {
                at += sign.length();
                return new Token(Token.Kind.SIGN, sign, start);
            }
        }
        throw LogQlException.at(
                query, start, "unexpected character '" + Character.toString(query.codePointAt(at)) + "'");
    }

    private Token number() {
        int start = at;
        while (at < query.length() && (isDigit(query.charAt(at)) || isLetter(query.charAt(at)) || isUnit(at))) {
            at++;
            boolean exponent = (query.charAt(at - 1) | 0x20) == 'e' && at - 1 > start;
            if (exponent && at < query.length() && (query.charAt(at) == '-' || query.charAt(at) == '+')) {
                at++;
            }
        }
        var text = query.substring(start, at);
        if (Units.number(text).isPresent()) {
            return new Token(Token.Kind.NUMBER, text, start);
        }
        if (Units.duration(text).isPresent()) {
            return new Token(Token.Kind.DURATION, text, start);
        }
        if (Units.bytes(text).isPresent()) {
            return new Token(Token.Kind.BYTES, text, start);
        }
        throw LogQlException.at(query, start, "not a number, duration or size: '" + text + "'");
    }

    private boolean isUnit(int place) {
        char c = query.charAt(place);
        return c == '.' || c == 'µ' || c == 'μ';
    }

    private String quoted() {
        int start = at++;
        var text = new StringBuilder();
        while (at < query.length() && query.charAt(at) != '"') {
            char c = query.charAt(at++);
            if (c == '\n') {
                break;
            }
            text.append(c == '\\' ? escaped(start) : String.valueOf(c));
        }
        if (at == query.length() || query.charAt(at) != '"') {
            throw LogQlException.at(query, start, "literal not terminated");
        }
        at++;
        return text.toString();
    }

    private String escaped(int start) {
        if (at == query.length()) {
            throw LogQlException.at(query, start, "literal not terminated");
        }
        char c = query.charAt(at++);
        return switch (c) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case 'a' -> "\u0007";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'v' -> "\u000b";
            case '\\', '"', '\'' -> String.valueOf(c);
            case 'x' -> code(2);
            case 'u' -> code(4);
            case 'U' -> code(8);
            default -> throw LogQlException.at(query, at - 2, "invalid char escape '\\" + c + "'");
        };
    }

    private String code(int digits) {
        var text = query.substring(at, Math.min(query.length(), at + digits));
        if (!text.matches("[0-9a-fA-F]{" + digits + "}") || Long.parseLong(text, 16) > Character.MAX_CODE_POINT) {
            throw LogQlException.at(query, at, "invalid char escape");
        }
        at += digits;
        return Character.toString(Integer.parseInt(text, 16));
    }

    private static boolean isLetter(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
