package sherd.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;

/** The head of a response as HTTP/2 has it. */
final class Http2Response {
    private static final AsciiString[] LENGTHS = new AsciiString[1024];

    static {
        for (int i = 0; i < LENGTHS.length; i++) {
            LENGTHS[i] = AsciiString.cached(Integer.toString(i));
        }
    }

    private Http2Response() {}

    static Http2Headers headers(LoopState loop, Response response) {
        int status = response.status();
        var type = response.contentType();
        boolean sized = status != 204 && status != 304;
        var pairs = new AsciiString
                [2
                        * (1
                                + (type == null ? 0 : 1)
                                + (sized ? 1 : 0)
                                + response.headers().size())];
        int at = 0;
        pairs[at++] = HttpHeaderNames.DATE;
        pairs[at++] = loop.date();
        if (type != null) {
            pairs[at++] = HttpHeaderNames.CONTENT_TYPE;
            pairs[at++] = AsciiString.of(type);
        }
        if (sized) {
            pairs[at++] = HttpHeaderNames.CONTENT_LENGTH;
            pairs[at++] = length(response.length());
        }
        for (var header : response.headers()) {
            pairs[at++] = AsciiString.of(header.name());
            pairs[at++] = AsciiString.of(header.value());
        }
        return ReadOnlyHttp2Headers.serverHeaders(
                false, HttpResponseStatus.valueOf(status).codeAsText(), pairs);
    }

    private static AsciiString length(long bytes) {
        return bytes < LENGTHS.length ? LENGTHS[(int) bytes] : AsciiString.of(Long.toString(bytes));
    }
}
