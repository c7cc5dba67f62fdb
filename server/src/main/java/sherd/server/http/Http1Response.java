package sherd.server.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** A response as HTTP/1.1 has it. */
final class Http1Response {
    private Http1Response() {}

    /** With the body, or its head only if that is a part of a file. */
    static HttpResponse of(LoopState loop, Response response, boolean bodiless) {
        var message = message(response, bodiless);
        var headers = message.headers();
        headers.set(HttpHeaderNames.DATE, loop.date());
        if (response.contentType() != null) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
        }
        if (response.status() != 204 && response.status() != 304) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, response.length());
        }
        for (var header : response.headers()) {
            headers.add(header.name(), header.value());
        }
        return message;
    }

    private static HttpResponse message(Response response, boolean bodiless) {
        var status = HttpResponseStatus.valueOf(response.status());
        var headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        if (response.part() != null && !bodiless) {
            return new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers);
        }
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                bodiless ? Unpooled.EMPTY_BUFFER : response.body(),
                headers,
                EmptyHttpHeaders.INSTANCE);
    }
}
