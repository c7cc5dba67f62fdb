package sherd.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Segments of a table: listed, and sent as they are. */
final class SegmentCalls {
    private static final String TAR = "application/x-tar";

    private SegmentCalls() {}

    static Body list(Exchange exchange) {
        exchange.requireParameters(List.of());
        var table = exchange.table();
        return Body.ignored(() -> exchange.replyFromWorker(() -> {
            var segments = exchange.engine().status(table).segments();
            return Response.json(200, json -> {
                json.writeStartObject();
                json.writeArrayPropertyStart("segments");
                for (var segment : segments) {
                    json.writeStartObject();
                    json.writeStringProperty("name", segment.name());
                    json.writeNumberProperty("rows", segment.rows());
                    TableCalls.times(json, segment);
                    json.writeNumberProperty("size_bytes", segment.sizeBytes());
                    json.writeStringProperty("sha256", segment.sha256());
                    json.writeStringProperty("state", segment.state());
                    if (!segment.problem().isEmpty()) {
                        json.writeStringProperty("problem", segment.problem());
                    }
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            });
        }));
    }

    static Body get(Exchange exchange) {
        exchange.requireParameters(List.of());
        var table = exchange.table();
        var name = RequestTarget.text(exchange.capture("name"));
        var conditions = Preconditions.of(exchange);
        return Body.ignored(() -> exchange.replyFromWorker(() -> {
            var part = FilePart.open(exchange, table, name);
            boolean sent = false;
            try {
                var response = respond(exchange, conditions, part);
                sent = response.part() != null;
                return response;
            } finally {
                if (!sent) {
                    part.close();
                }
            }
        }));
    }

    private static Response respond(Exchange exchange, Preconditions conditions, FilePart part) {
        var meta = part.content().meta();
        var tag = meta.sha256();
        if (conditions.match() != null && !conditions.match().include(tag)) {
            throw Problem.refuse(412, "CONFLICT", "the segment has another checksum: sha256=" + tag);
        }
        if (conditions.noneMatch() != null && conditions.noneMatch().include(tag)) {
            return described(Response.empty(304), tag);
        }
        var range = range(exchange, tag, meta.sizeBytes());
        range.ifPresent(part::narrow);
        if (exchange.method().equals(HttpMethod.GET)) {
            part.prepare();
        }
        var whole = new Response(range.isPresent() ? 206 : 200, TAR, Unpooled.EMPTY_BUFFER, List.of(), part);
        var response = described(whole, tag)
                .header(
                        "repr-digest",
                        "sha-256=:"
                                + Base64.getEncoder()
                                        .encodeToString(HexFormat.of().parseHex(tag)) + ":")
                .header("content-disposition", "attachment; filename=\"" + part.name() + "\"");
        return range.map(some -> response.header("content-range", some.of(meta.sizeBytes())))
                .orElse(response);
    }

    private static Response described(Response response, String tag) {
        return response.header("etag", "\"" + tag + "\"").header("accept-ranges", "bytes");
    }

    /** Only a GET has ranges, and one of another file is none of this. */
    private static Optional<ByteRange> range(Exchange exchange, String tag, long size) {
        var header = exchange.head().header(HttpHeaderNames.RANGE);
        var only = exchange.head().header(HttpHeaderNames.IF_RANGE);
        if (header == null
                || !exchange.method().equals(HttpMethod.GET)
                || (only != null && !only.strip().equals("\"" + tag + "\""))) {
            return Optional.empty();
        }
        return ByteRange.parse(header, size);
    }
}
