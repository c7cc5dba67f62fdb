package sherd.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import sherd.server.observe.BatchSample;
import sherd.server.observe.Stage;

/** Refuses a request that gives its length twice: two readers of it might see two different requests. */
final class RequestDecoder extends HttpRequestDecoder {
    private static final int CHUNK_BYTES = 64 << 10;

    private final BatchSample sample;

    RequestDecoder(HttpLimits limits, BatchSample sample) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxChunkSize(CHUNK_BYTES)
                .setAllowDuplicateContentLengths(false));
        this.sample = sample;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        sample.lap(Stage.READ);
        super.channelRead(ctx, message);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both content-length and transfer-encoding: chunked are given; send one");
    }
}
