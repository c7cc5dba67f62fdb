package sherd.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;
import sherd.server.observe.BatchSample;

/** Looks at the first bytes of a connection: whoever knows beforehand that we speak HTTP/2 says so with them. */
final class PrefaceDetector extends ByteToMessageDecoder {
    private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

    private final HttpDoor door;
    private final LoopState loop;
    private final Channel channel;
    private final BatchSample sample;

    PrefaceDetector(HttpDoor door, LoopState loop, Channel channel, BatchSample sample) {
        this.door = door;
        this.loop = loop;
        this.channel = channel;
        this.sample = sample;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int length = Math.min(PREFACE.readableBytes(), in.readableBytes());
        if (!ByteBufUtil.equals(PREFACE, PREFACE.readerIndex(), in, in.readerIndex(), length)) {
            ctx.pipeline().remove(this);
        } else if (length == PREFACE.readableBytes()) {
            Http2Handler.install(door, loop, channel, sample);
            ctx.pipeline().remove(this);
        }
    }
}
