package sherd.bench.side;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import sherd.server.config.HostPort;
import sherd.server.net.EventLoops;

/**
 * The limit: Sherd's event loops with a door that finds where commands end and answers each with a constant, and does
 * nothing else. What a store needs more than this is its own cost; what this needs is the kernel's and Netty's.
 */
public final class NullServer {
    static final String READY = "null ready resp=";

    private NullServer() {}

    public static void main(String[] args) throws InterruptedException {
        try (var loops = EventLoops.start(0)) {
            var listener = loops.bind("null", new HostPort("127.0.0.1", 0), new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Door());
                }
            });
            System.out.println(READY + EventLoops.hostPort(listener.localAddress()));
            listener.closeFuture().await(); // until the process is ended
        }
    }

    private enum Part {
        /** Inside {@code *N\r\n}. */
        COUNT,
        /** Inside {@code $N\r\n}. */
        LENGTH,
        /** Inside an argument. */
        BODY
    }

    private static final class Door extends ChannelInboundHandlerAdapter {
        private static final byte[] DONE = "+OK\r\n".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] NUMBER = ":1\r\n".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] VALUE = String.format(Locale.ROOT, "$64%s%s\r\n", "\r\n", "x".repeat(64))
                .getBytes(StandardCharsets.US_ASCII);
        private static final int LINE_END = 2;

        private Part part = Part.COUNT;
        private int number;
        private int argumentsLeft;
        private int bytesLeft;
        private byte firstLetter;
        private boolean atName;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var in = (ByteBuf) message;
            var out = context.alloc().ioBuffer(Math.max(256, in.readableBytes()));
            try {
                read(in, out);
            } finally {
                in.release();
            }
            var _ = context.write(out, context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        private void read(ByteBuf in, ByteBuf out) {
            while (in.isReadable()) {
                if (part == Part.BODY) {
                    skip(in, out);
                    continue;
                }
                byte next = in.readByte();
                if (next >= '0' && next <= '9') {
                    number = number * 10 + next - '0';
                } else if (next == '\n') {
                    endOfLine();
                }
            }
        }

        private void endOfLine() {
            if (part == Part.COUNT) {
                argumentsLeft = number;
                atName = true;
                part = Part.LENGTH;
            } else {
                bytesLeft = number + LINE_END;
                part = Part.BODY;
            }
            number = 0;
        }

        private void skip(ByteBuf in, ByteBuf out) {
            if (atName && in.isReadable()) {
                firstLetter = in.getByte(in.readerIndex());
                atName = false;
            }
            int skipped = Math.min(bytesLeft, in.readableBytes());
            in.skipBytes(skipped);
            bytesLeft -= skipped;
            if (bytesLeft > 0) {
                return;
            }
            part = Part.LENGTH;
            if (--argumentsLeft == 0) {
                part = Part.COUNT;
                out.writeBytes(reply());
            }
        }

        /** GET gets a value, INCR and HSET a number, SET, MSET and all else a status. */
        private byte[] reply() {
            return switch (firstLetter | 0x20) {
                case 'g' -> VALUE;
                case 'i', 'h' -> NUMBER;
                default -> DONE;
            };
        }
    }
}
