package sherd.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a request says before its body, whatever the version of HTTP. */
sealed interface RequestHead {
    HttpMethod method();

    /** Path and parameters as they were sent. */
    String target();

    /** The first header of a name. */
    @Nullable
    String header(CharSequence name);

    /** All headers of a name. */
    List<String> headers(CharSequence name);

    /** Of the body, if it was announced; else 0. */
    long contentLength();

    default boolean writes() {
        var method = method();
        return !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD) && !method.equals(HttpMethod.OPTIONS);
    }

    /** Whether the client waits for a word before it sends the body. */
    default boolean asksToContinue() {
        return "100-continue".equalsIgnoreCase(header(HttpHeaderNames.EXPECT));
    }

    /** Refuses what would have to be answered in a way that we do not know. */
    default void requireKnownExpectation() {
        var expected = header(HttpHeaderNames.EXPECT);
        if (expected != null && !asksToContinue()) {
            throw Problem.refuse(
                    417,
                    "EXPECTATION_FAILED",
                    "unknown expectation: expect='" + expected + "'; only 100-continue is known");
        }
    }

    record Http1(HttpRequest request) implements RequestHead {
        @Override
        public HttpMethod method() {
            return request.method();
        }

        @Override
        public String target() {
            return request.uri();
        }

        @Override
        public @Nullable String header(CharSequence name) {
            return request.headers().get(name);
        }

        @Override
        public List<String> headers(CharSequence name) {
            return request.headers().getAll(name);
        }

        @Override
        public long contentLength() {
            return HttpUtil.getContentLength(request, 0L);
        }
    }

    record Http2(HttpMethod method, String target, Http2Headers all) implements RequestHead {
        static Http2 of(Http2Headers headers) {
            var path = headers.path();
            return new Http2(
                    HttpMethod.valueOf(String.valueOf(headers.method())), path == null ? "" : path.toString(), headers);
        }

        @Override
        public @Nullable String header(CharSequence name) {
            var value = all.get(name);
            return value == null ? null : value.toString();
        }

        @Override
        public List<String> headers(CharSequence name) {
            var values = new ArrayList<String>();
            all.valueIterator(name).forEachRemaining(value -> values.add(value.toString()));
            return values;
        }

        /** The codec has checked that it is a number and holds it against the body. */
        @Override
        public long contentLength() {
            return all.getLong(HttpHeaderNames.CONTENT_LENGTH, 0L);
        }
    }
}
