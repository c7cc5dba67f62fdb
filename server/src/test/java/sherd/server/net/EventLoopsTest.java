package sherd.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sherd.server.config.HostPort;

final class EventLoopsTest {
    /** Nothing else ends a connection whose peer lost its power: it never says another word. */
    @Test
    void theSystemAsksSilentPeersWhetherTheyAreThere() throws IOException {
        var accepted = new CompletableFuture<Boolean>();
        try (var loops = EventLoops.start(1)) {
            var listener = loops.bind("test", new HostPort("127.0.0.1", 0), new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    accepted.complete(channel.config().getOption(ChannelOption.SO_KEEPALIVE));
                }
            });
            var address = EventLoops.hostPort(listener.localAddress());
            try (var _ = new Socket(address.host(), address.port())) {
                assertThat(accepted).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(true);
            }
            listener.close().syncUninterruptibly();
        }
    }
}
