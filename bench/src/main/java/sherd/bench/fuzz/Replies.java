package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Reads a stream of RESP replies and finds it whole, or says where it is not. */
final class Replies {
    private final byte[] bytes;
    private int at;

    private Replies(byte[] bytes) {
        this.bytes = bytes;
    }

    /** How many replies there are; the stream must end after one. */
    static int count(byte[] bytes) {
        var replies = new Replies(bytes);
        int count = 0;
        while (replies.at < bytes.length) {
            replies.one();
            count++;
        }
        return count;
    }

    private void one() {
        int kind = next();
        switch (kind) {
            case '+', '-', ':', '_', ',', '#', '(' -> line();
            case '$', '=', '!' -> bulk();
            case '*', '~', '>' -> many(number());
            case '%' -> many(2 * number());
            case '|' -> {
                many(2 * number());
                one();
            }
            default -> throw broken("unknown kind " + kind);
        }
    }

    private void many(long count) {
        for (long left = count; left > 0; left--) {
            one();
        }
    }

    private void bulk() {
        long length = number();
        if (length >= 0) {
            if (length > bytes.length - at - 2) {
                throw broken("a bulk beyond the end");
            }
            at += (int) length;
            end();
        }
    }

    private long number() {
        var text = line();
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw broken("not a number: " + text);
        }
    }

    private String line() {
        int start = at;
        while (at < bytes.length && bytes[at] != '\r' && bytes[at] != '\n') {
            at++;
        }
        var text = new String(bytes, start, at - start, ISO_8859_1);
        end();
        return text;
    }

    private void end() {
        if (next() != '\r' || next() != '\n') {
            throw broken("no end of line");
        }
    }

    private int next() {
        if (at == bytes.length) {
            throw broken("it is cut");
        }
        return bytes[at++];
    }

    private AssertionError broken(String why) {
        int from = Math.max(0, at - 80);
        return new AssertionError("not RESP: " + why + " offset=" + at + " before='"
                + new String(bytes, from, at - from, ISO_8859_1) + "'");
    }
}
