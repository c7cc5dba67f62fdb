package sherd.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sherd.server.config.HostPort;
import sherd.server.config.Transport;

final class GatheredFlushesTest {
    private final GatheredFlushes flushes = GatheredFlushes.ofThisThread();
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    @BeforeEach
    void begin() {
        flushes.begin();
    }

    @AfterEach
    void close() {
        flushes.end();
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private EmbeddedChannel channel() {
        var channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
        channels.add(channel);
        return channel;
    }

    /** Writes something and has it sent with what others have. */
    private void add(EmbeddedChannel channel) {
        var _ = channel.write(Unpooled.wrappedBuffer(new byte[] {1}));
        flushes.add(channel.pipeline().firstContext());
    }

    private static int sent(EmbeddedChannel channel) {
        return channel.outboundMessages().size();
    }

    @Test
    void whatThereIsToSendWaitsForThatOfAFewMore() {
        for (int i = 0; i < GatheredFlushes.MOST - 1; i++) {
            add(channel());
            assertThat(channels).allSatisfy(channel -> assertThat(sent(channel)).isZero());
        }
        add(channel());
        assertThat(channels).allSatisfy(channel -> assertThat(sent(channel)).isEqualTo(1));
        add(channels.getFirst());
        assertThat(sent(channels.getFirst())).isEqualTo(1);
    }

    @Test
    void nothingWaitsOnAThreadThatEndsNoRounds() throws Exception {
        var channel = channel();
        var sent = CompletableFuture.supplyAsync(
                () -> {
                    var _ = channel.write(Unpooled.wrappedBuffer(new byte[] {1}));
                    GatheredFlushes.ofThisThread().add(channel.pipeline().firstContext());
                    return sent(channel);
                },
                task -> Thread.ofPlatform().start(task));
        assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void fewerAreSentWhenTheRoundEnds() {
        add(channel());
        add(channel());
        flushes.flush();
        assertThat(channels).allSatisfy(channel -> assertThat(sent(channel)).isEqualTo(1));
        flushes.flush();
        assertThat(channels).allSatisfy(channel -> assertThat(sent(channel)).isEqualTo(1));
    }

    @Test
    void whatIsAddedAmidThatIsSentAtOnce() {
        var other = channel();
        var first = channel();
        first.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext ctx) {
                ctx.flush();
                if (sent(other) == 0) {
                    add(other);
                }
            }
        });
        var _ = first.write(Unpooled.wrappedBuffer(new byte[] {1}));
        flushes.add(first.pipeline().lastContext());
        flushes.flush();
        assertThat(sent(first)).isEqualTo(1);
        assertThat(sent(other)).isEqualTo(1);
    }

    /** The loop has nothing else to do: if it slept first, this would not be sent before something else came. */
    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING", "NIO"})
    void whatATaskAddsIsSentBeforeTheLoopSleeps(Transport transport) throws IOException {
        Transports.assumeAvailable(transport);
        var accepted = new CompletableFuture<ChannelHandlerContext>();
        try (var loops = EventLoops.start(transport, 1)) {
            var listener = loops.bind("test", new HostPort("127.0.0.1", 0), new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelActive(ChannelHandlerContext ctx) {
                            accepted.complete(ctx);
                        }
                    });
                }
            });
            var address = EventLoops.hostPort(listener.localAddress());
            try (var client = new Socket(address.host(), address.port())) {
                client.setSoTimeout(10_000);
                assertThat(accepted).succeedsWithin(10, TimeUnit.SECONDS);
                var ctx = accepted.join();
                for (int i = 0; i < 20; i++) {
                    byte number = (byte) i;
                    ctx.channel().eventLoop().execute(() -> {
                        var bytes = ctx.alloc().buffer(1).writeByte(number);
                        var _ = ctx.write(bytes);
                        GatheredFlushes.ofThisThread().add(ctx);
                    });
                    assertThat(client.getInputStream().read()).isEqualTo(i);
                }
            }
            listener.close().syncUninterruptibly();
        }
    }
}
