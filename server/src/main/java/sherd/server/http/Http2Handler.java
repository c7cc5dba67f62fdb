package sherd.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import sherd.server.observe.BatchSample;
import sherd.server.observe.Stage;

/** One connection of HTTP/2: frames, windows and their limits by Netty's codec, requests by {@link Http2Streams}. */
final class Http2Handler extends Http2ConnectionHandler {
    /** Requests of one connection that are worked on at once. */
    static final int MOST_STREAMS = 128;

    private static final Logger LOG = System.getLogger("sherd.server.http");

    /** Of bodies that are not looked at yet, on one stream or on all of a connection. */
    static final int WINDOW_BYTES = 256 << 10;

    /** What is running when the node stops may take this long to end. */
    private static final long GRACE_MILLIS = 1_000;

    /** A client that opens requests and takes them back at once is not answered for long. */
    private static final int MOST_RESETS = 200;

    private static final int RESETS_SECONDS = 30;

    private final Http2Streams streams;

    private Http2Handler(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            Http2Streams streams) {
        super(decoder, encoder, settings);
        this.streams = streams;
    }

    /** Takes a connection over whose first bytes are HTTP/2's. */
    static void install(HttpDoor door, LoopState loop, Channel channel, BatchSample sample) {
        channel.pipeline().remove(HttpResponseEncoder.class); // before the codec's first words go through it
        var handler = make(door, loop, channel, sample);
        channel.pipeline().addLast(handler);
        handler.begun();
        handler.takeRest();
    }

    static Http2Handler make(HttpDoor door, LoopState loop, Channel channel, BatchSample sample) {
        var connection = new DefaultHttp2Connection(true);
        // Netty holds a client to this only once it has acknowledged our settings, which it may put off.
        connection.remote().maxActiveStreams(MOST_STREAMS);
        return new Builder(new Http2Streams(door, loop, channel, connection, sample), connection, door.limits())
                .build();
    }

    /** In the pipeline: what listens there for HTTP/1.1 goes. */
    void begun() {
        streams.begun();
        var pipeline = streams.channel().pipeline();
        pipeline.remove(HttpConnection.class);
        streams.channel().config().setAutoRead(true);
    }

    /** What had been read and was not decoded as HTTP/1.1 comes now, and then whatever else the client sends. */
    void takeRest() {
        streams.channel().pipeline().remove(RequestDecoder.class);
    }

    Http2Streams streams() {
        return streams;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        streams.sample().lap(Stage.READ);
        streams.reading(true);
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        streams.reading(false);
        super.channelReadComplete(ctx); // flushes
        streams.endSample();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
        super.channelWritabilityChanged(ctx);
        streams.writabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
            onError(ctx, false, cause);
            return;
        }
        if (!(cause instanceof IOException)) {
            LOG.log(Level.ERROR, "a connection failed: client=" + ctx.channel().remoteAddress(), cause);
        }
        var _ = ctx.close();
    }

    @Override
    protected void onConnectionError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, @Nullable Http2Exception failure) {
        if (failure == null && !(cause instanceof IOException)) {
            LOG.log(Level.ERROR, "a connection failed: client=" + ctx.channel().remoteAddress(), cause);
        }
        super.onConnectionError(ctx, outbound, cause, failure);
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Handler, Builder> {
        private final Http2Streams streams;

        Builder(Http2Streams streams, DefaultHttp2Connection connection, HttpLimits limits) {
            this.streams = streams;
            connection(connection);
            frameListener(streams);
            initialSettings(Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MOST_STREAMS)
                    .initialWindowSize(WINDOW_BYTES)
                    .maxHeaderListSize((long) limits.requestLineBytes() + limits.headerBytes()));
            gracefulShutdownTimeoutMillis(GRACE_MILLIS);
            decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESETS_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESETS_SECONDS);
        }

        @Override
        protected Http2Handler build() {
            return super.build();
        }

        @Override
        protected Http2Handler build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            var handler = new Http2Handler(decoder, encoder, settings, streams);
            streams.handler(handler);
            return handler;
        }
    }
}
