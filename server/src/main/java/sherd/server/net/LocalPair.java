package sherd.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A client's connection without a network, on a loop that its owner runs by hand: for measuring a door alone. */
@SuppressWarnings("deprecation") // such a loop has no other way to take a channel
public final class LocalPair {
    private LocalPair() {}

    /**
     * Connects, and returns the server's end.
     *
     * @param door adds what answers to the channel, which has just been opened
     */
    public static Channel connect(ManualIoEventLoop loop, Consumer<Channel> door) {
        var accepted = new ArrayList<Channel>();
        var listener = new LocalServerChannel();
        listener.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                var child = (Channel) message;
                door.accept(child);
                accepted.add(child);
                var _ = loop.register(child);
            }
        });
        var peer = new LocalChannel();
        for (var end : List.of(listener, peer)) {
            var _ = loop.register(end);
        }
        var _ = listener.bind(LocalAddress.ANY);
        runAll(loop);
        var _ = peer.connect(listener.localAddress());
        runAll(loop);
        return accepted.getFirst();
    }

    /** Runs what waits on a loop, and what that leads to. */
    public static void runAll(ManualIoEventLoop loop) {
        while (loop.runNow() > 0) {
            // until nothing is left
        }
    }
}
