package sherd.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;

/**
 * The way from HTTP/1.1 to HTTP/2 on an open connection. A server may leave such a wish alone, and we do so where the
 * request has a body: it would have to be taken whole before the switch.
 */
final class Upgrade {
    private Upgrade() {}

    static boolean asked(HttpRequest request) {
        var headers = request.headers();
        return headers.contains(HttpHeaderNames.UPGRADE, Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, true)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && headers.getAll(HttpHeaderNames.HOST).size() == 1
                && !HttpUtil.isTransferEncodingChunked(request)
                && HttpUtil.getContentLength(request, 0L) == 0
                && !headers.contains(HttpHeaderNames.EXPECT);
    }

    /** False, with nothing done, if the client's settings for HTTP/2 cannot be read. */
    static boolean run(HttpConnection connection, Channel channel, HttpRequest request) {
        var here = channel.pipeline().context(connection);
        var handler = Http2Handler.make(connection.door(), connection.loop(), channel, connection.sample());
        var codec = new Http2ServerUpgradeCodec(handler);
        var whole = new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                EmptyHttpHeaders.INSTANCE);
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        response.headers().set(HttpHeaderNames.UPGRADE, Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME);
        if (!codec.prepareUpgradeResponse(here, whole, response.headers())) {
            return false;
        }
        var _ = channel.writeAndFlush(response);
        channel.pipeline().remove(HttpResponseEncoder.class);
        codec.upgradeTo(here, whole);
        handler.begun();
        handler.streams().upgraded(new RequestHead.Http1(request));
        handler.takeRest(); // only now: it may open the first stream's window, or take that request back
        return true;
    }
}
