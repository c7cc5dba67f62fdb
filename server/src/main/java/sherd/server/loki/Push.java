package sherd.server.loki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A pushed request.
 *
 * @param type the media type; anything but JSON is protobuf under Snappy, as Loki has it
 * @param coding the content coding
 */
public record Push(
        @Nullable String tenant,
        @Nullable String type,
        @Nullable String coding,
        Body body) {
    /** The body as it came. */
    @SuppressWarnings("ArrayRecordComponent") // taken apart, never compared
    public record Body(byte[] bytes) {}

    void into(PushBatch batch, LokiLimits limits) {
        var given = type == null ? "" : type.toLowerCase(Locale.ROOT);
        if (given.startsWith("application/json")) {
            PushJson.read(uncoded(limits.pushBytes()), batch);
        } else if (given.isEmpty() || given.startsWith("application/x-protobuf")) {
            PushProtobuf.read(body.bytes(), batch, limits.pushBytes());
        } else {
            throw new LokiException(
                    415,
                    "cannot read this body: content-type='" + given
                            + "'; send application/json or application/x-protobuf");
        }
    }

    private byte[] uncoded(int limit) {
        return switch (coding == null ? "" : coding.toLowerCase(Locale.ROOT)) {
            case "", "identity" -> body.bytes();
            case "gzip" -> gunzip(limit);
            default ->
                throw new LokiException(
                        415, "cannot read this body: content-encoding='" + coding + "'; send gzip or none");
        };
    }

    private byte[] gunzip(int limit) {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(body.bytes()))) {
            var plain = in.readNBytes(limit + 1);
            if (plain.length > limit) {
                throw new LokiException(413, "push request too large: limit=" + limit + "; send smaller batches");
            }
            return plain;
        } catch (IOException e) {
            throw LokiException.bad("not gzip: " + e.getMessage());
        }
    }
}
