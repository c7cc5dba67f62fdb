package sherd.server.http;

import io.netty.buffer.ByteBuf;
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
        ctx.writeAndFlush(answer()).addListener(_ -> {
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

    private ByteBuf answer() {
        var problem = Problem.of(
                        503,
                        "TOO_MANY_CONNECTIONS",
                        "no more connections: limit=" + limit + "; close some, or raise the limit of open files")
                .header("retry-after", "1");
        var response = Response.of(problem, "/");
        var head = new StringBuilder("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-type: ")
                .append(response.contentType())
                .append("\r\ncontent-length: ")
                .append(response.length());
        for (var header : response.headers()) {
            head.append("\r\n").append(header.name()).append(": ").append(header.value());
        }
        return Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(head.append("\r\n\r\n"), StandardCharsets.US_ASCII), response.body());
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
