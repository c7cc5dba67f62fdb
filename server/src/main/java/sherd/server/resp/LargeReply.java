package sherd.server.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.channel.ChannelHandlerContext;
import sherd.engine.memory.LentBytes;
import sherd.engine.memory.OffHeap;

/**
 * The end of a reply whose bytes lie in the store: sent from there, some a turn, as the client takes them. So a large
 * value costs neither memory for a copy nor the time to make it.
 */
final class LargeReply implements AutoCloseable {
    /** Shorter ones are copied, which is less work. */
    static final int FROM = 1 << 20;

    private final ByteBuf bytes;

    private static final class Lent extends UnpooledDirectByteBuf {
        private final LentBytes lent;

        Lent(ByteBufAllocator allocator, LentBytes lent) {
            super(allocator, OffHeap.buffer(lent.address(), lent.length()), lent.length());
            this.lent = lent;
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            lent.close();
        }
    }

    LargeReply(ByteBufAllocator allocator, LentBytes lent) {
        bytes = new Lent(allocator, lent);
    }

    /** Writes as much as a turn does; true when that was the last. */
    boolean writeSome(ChannelHandlerContext context) {
        int some = Math.min(bytes.readableBytes(), Connection.TURN_REPLY_BYTES);
        var _ = context.write(bytes.readRetainedSlice(some), context.voidPromise());
        if (bytes.isReadable()) {
            return false;
        }
        var end = context.alloc().directBuffer(2, 2).writeByte('\r').writeByte('\n');
        var _ = context.write(end, context.voidPromise());
        return true;
    }

    /** Forgets what is not written; what is, stays as it is until it is out. */
    @Override
    public void close() {
        bytes.release();
    }
}
