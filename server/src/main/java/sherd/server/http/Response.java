package sherd.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What goes back. It is released by whoever sends or drops it.
 *
 * @param part of a file, which is the body then
 */
record Response(
        int status,
        @Nullable String contentType,
        ByteBuf body,
        List<Header> headers,
        @Nullable FilePart part) {
    static final String JSON = "application/json";
    static final String BYTES = "application/octet-stream";

    record Header(String name, String value) {
        static List<Header> added(List<Header> headers, String name, String value) {
            if (headers.isEmpty()) {
                return List.of(new Header(name, value));
            }
            var more = new ArrayList<>(headers);
            more.add(new Header(name, value));
            return List.copyOf(more);
        }
    }

    Response(int status, @Nullable String contentType, ByteBuf body, List<Header> headers) {
        this(status, contentType, body, headers, null);
    }

    /** Of the body, in bytes. */
    long length() {
        return part == null ? body.readableBytes() : part.range().length();
    }

    void release() {
        body.release();
        if (part != null) {
            part.close();
        }
    }

    static Response empty(int status) {
        return new Response(status, null, Unpooled.EMPTY_BUFFER, List.of());
    }

    static Response json(int status, Consumer<JsonGenerator> writer) {
        return new Response(status, JSON, JsonOut.write(writer), List.of());
    }

    static Response text(int status, String contentType, String text) {
        var body = Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
        return new Response(status, contentType, body, List.of());
    }

    static Response of(Problem problem, String instance) {
        var body = JsonOut.write(json -> problem.write(json, instance));
        return new Response(problem.status(), Problem.CONTENT_TYPE, body, problem.headers());
    }

    Response header(String name, String value) {
        return new Response(status, contentType, body, Header.added(headers, name, value), part);
    }
}
