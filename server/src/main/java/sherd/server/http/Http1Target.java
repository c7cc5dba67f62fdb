package sherd.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.function.Consumer;
import sherd.server.net.EventLoops;

/** A connection of HTTP/1.1 that a file goes out on, behind the head of its response. */
record Http1Target(Channel channel, Consumer<Boolean> end) implements Sending.Target {
    @Override
    public boolean takesRegions() {
        return EventLoops.takesRegions(channel);
    }

    @Override
    public ChannelFuture write(Object step, boolean last) {
        var written = channel.write(step);
        if (last) {
            var _ = channel.write(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
        }
        channel.flush();
        return written;
    }

    @Override
    public void ended(boolean whole) {
        end.accept(whole);
    }
}
