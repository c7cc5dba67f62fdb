package sherd.bench.load;

import io.netty.buffer.ByteBuf;
import sherd.bench.frame.BenchException;

/** Finds where replies end, however the bytes are cut, and what kind each is. Both dialects are lines, one with a body. */
final class ReplyReader {
    /** Takes each reply once it is whole. */
    interface Taker {
        void reply(boolean missed);
    }

    private static final int LINE_END = 2;
    private static final int SHOWN = 200;

    private int place;
    private int first;
    private int second;
    private int number;
    private int bodyLeft;
    private final StringBuilder refusal = new StringBuilder();

    void read(ByteBuf in, Taker taker) {
        while (in.isReadable()) {
            if (bodyLeft > 0) {
                int skipped = Math.min(bodyLeft, in.readableBytes());
                in.skipBytes(skipped);
                bodyLeft -= skipped;
                if (bodyLeft == 0) {
                    taker.reply(false);
                }
                continue;
            }
            int next = in.readByte();
            if (next == '\n') {
                endOfLine(taker);
            } else {
                inLine(next);
            }
        }
    }

    private void inLine(int next) {
        if (place == 0) {
            first = next;
        } else if (place == 1) {
            second = next;
        }
        place++;
        if (next >= '0' && next <= '9') {
            number = number * 10 + next - '0';
        }
        if (isRefusal() && refusal.length() < SHOWN) {
            if (refusal.isEmpty() && place > 1) {
                refusal.append((char) first); // an E may still begin EN
            }
            refusal.append((char) next);
        }
    }

    /** {@code -ERR} of RESP; {@code ERROR}, {@code CLIENT_ERROR} and {@code SERVER_ERROR} of memcached. */
    private boolean isRefusal() {
        return first == '-' || first == 'C' || first == 'S' || (first == 'E' && second != 'N' && place > 1);
    }

    private void endOfLine(Taker taker) {
        if (isRefusal()) {
            throw new BenchException(
                    "the server refused a command: " + refusal.toString().strip());
        }
        boolean hasBody = first == 'V' || (first == '$' && second != '-');
        boolean missed = first == 'E' || (first == '$' && second == '-');
        bodyLeft = hasBody ? number + LINE_END : 0;
        place = 0;
        first = 0;
        second = 0;
        number = 0;
        if (!hasBody) {
            taker.reply(missed);
        }
    }
}
