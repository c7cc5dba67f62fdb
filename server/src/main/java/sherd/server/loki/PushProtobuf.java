package sherd.server.loki;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.compression.Snappy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.LabelMatcher;
import sherd.server.loki.logql.Labels;
import sherd.server.loki.logql.LogQlException;
import sherd.server.loki.logql.MatchOp;

/**
 * Reads {@code logproto.PushRequest}, compressed with Snappy as one block.
 *
 * <pre>
 * PushRequest: streams = 1    Stream: labels = 1, entries = 2
 * Entry: timestamp = 1 (seconds = 1, nanos = 2), line = 2, structuredMetadata = 3 (name = 1, value = 2)
 * </pre>
 */
final class PushProtobuf {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private PushProtobuf() {}

    static void read(byte[] compressed, PushBatch batch, int limit) {
        var bytes = uncompress(compressed, limit);
        var request = new ProtoReader(bytes, 0, bytes.length);
        for (int field = request.next(); field != 0; field = request.next()) {
            if (field == 1) {
                stream(request.message(), batch);
            } else {
                request.skip();
            }
        }
    }

    private static byte[] uncompress(byte[] compressed, int limit) {
        long length = new ProtoReader(compressed, 0, compressed.length).announced();
        if (length > limit) {
            throw new LokiException(
                    413, "push request too large: bytes=" + length + " limit=" + limit + "; send smaller batches");
        }
        ByteBuf out = Unpooled.buffer((int) length, (int) length);
        try {
            new Snappy().decode(Unpooled.wrappedBuffer(compressed), out);
        } catch (DecoderException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw LokiException.bad("not a block of Snappy: " + e.getMessage());
        }
        if (out.readableBytes() != length) {
            throw LokiException.bad("not a block of Snappy: bytes=" + out.readableBytes() + " announced=" + length);
        }
        return out.array();
    }

    private static void stream(ProtoReader stream, PushBatch batch) {
        var labels = "";
        List<ProtoReader> entries = new ArrayList<>();
        for (int field = stream.next(); field != 0; field = stream.next()) {
            switch (field) {
                case 1 -> labels = stream.string();
                case 2 -> entries.add(stream.message());
                default -> stream.skip();
            }
        }
        batch.stream(labels(labels));
        for (var entry : entries) {
            entry(entry, batch);
        }
    }

    private static Labels labels(String text) {
        try {
            var map = new TreeMap<String, String>();
            for (LabelMatcher matcher : Expr.parseSelector(text)) {
                if (matcher.op() != MatchOp.EQUAL) {
                    throw LokiException.bad("labels of a stream need '=': labels='" + text + "'");
                }
                map.put(matcher.name(), matcher.value());
            }
            return Labels.of(map);
        } catch (LogQlException e) {
            throw LokiException.bad("couldn't parse labels: '" + text + "': " + e.getMessage());
        }
    }

    private static void entry(ProtoReader entry, PushBatch batch) {
        long nanos = 0;
        var line = NOTHING;
        var metadata = new TreeMap<String, String>();
        for (int field = entry.next(); field != 0; field = entry.next()) {
            switch (field) {
                case 1 -> nanos = nanos(entry.message());
                case 2 -> line = entry.text();
                case 3 -> pair(entry.message(), metadata);
                default -> entry.skip();
            }
        }
        batch.entry(nanos, line, Labels.of(metadata));
    }

    private static long nanos(ProtoReader timestamp) {
        long seconds = 0;
        long nanos = 0;
        for (int field = timestamp.next(); field != 0; field = timestamp.next()) {
            switch (field) {
                case 1 -> seconds = timestamp.number();
                case 2 -> nanos = timestamp.number();
                default -> timestamp.skip();
            }
        }
        try {
            return Math.addExact(Math.multiplyExact(seconds, 1_000_000_000L), nanos);
        } catch (ArithmeticException e) {
            throw LokiException.bad("time out of range: seconds=" + seconds);
        }
    }

    private static void pair(ProtoReader pair, Map<String, String> into) {
        var name = "";
        var value = "";
        for (int field = pair.next(); field != 0; field = pair.next()) {
            switch (field) {
                case 1 -> name = pair.string();
                case 2 -> value = pair.string();
                default -> pair.skip();
            }
        }
        into.put(name, value);
    }
}
