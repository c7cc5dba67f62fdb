package sherd.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Says why and hangs up. What the client has sent meanwhile is taken and dropped, or a reset could overtake the answer;
 * so it stays for a moment, unless there are many like it.
 */
final class RefusedConnection extends ChannelInboundHandlerAdapter {
    private static final long LINGER_MILLIS = 1_000;
    private static final int MOST_LINGERING = 64;

    private final Counters counters;
    private final int limit;

    RefusedConnection(Counters counters, int limit) {
        this.counters = counters;
        this.limit = limit;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        boolean lingers = counters.refused() <= MOST_LINGERING;
        ctx.channel().closeFuture().addListener(_ -> counters.refusedGone());
        ctx.writeAndFlush(Unpooled.copiedBuffer(answer(), StandardCharsets.UTF_8))
                .addListener(_ -> {
                    if (lingers && ctx.channel() instanceof DuplexChannel duplex) {
                        var _ = duplex.shutdownOutput();
                        var _ = ctx.executor().schedule(() -> hangUp(ctx), LINGER_MILLIS, TimeUnit.MILLISECONDS);
                    } else {
                        hangUp(ctx);
                    }
                });
    }

    private static void hangUp(ChannelHandlerContext ctx) {
        var _ = ctx.close();
    }

    private String answer() {
        var problem = Problem.of(
                        503,
                        "TOO_MANY_CONNECTIONS",
                        "no more connections: limit=" + limit + "; close some, or raise the limit of open files")
                .header("retry-after", "1");
        var response = Response.of(problem, "/");
        var body = response.body().toString(StandardCharsets.UTF_8);
        response.body().release();
        return "HTTP/1.1 503 Service Unavailable\r\ncontent-type: " + Problem.CONTENT_TYPE + "\r\ncontent-length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\nretry-after: 1\r\nconnection: close\r\n\r\n"
                + body;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    @SuppressWarnings("deprecation") // of ChannelHandler, not of ChannelInboundHandler
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var _ = ctx.close();
    }
}
