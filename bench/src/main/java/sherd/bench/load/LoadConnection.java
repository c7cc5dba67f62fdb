package sherd.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.EOFException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A connection that sends batches and matches replies with the times at which their commands were due. */
final class LoadConnection extends ChannelInboundHandlerAdapter implements ReplyReader.Taker {
    private static final int FIRST_ROOM = 16;
    private static final int REQUEST_BYTES = 160;

    private final LoadStream stream;
    private final int pipeline;
    private final ReplyReader replies = new ReplyReader();

    /** Batches on their way, a ring; its length is a power of two. */
    private long[] due = new long[FIRST_ROOM];

    private long[] writes = new long[FIRST_ROOM];
    private int oldest;
    private int batches;
    private int repliedOfOldest;

    private long now;
    private @Nullable ChannelHandlerContext context;

    LoadConnection(LoadStream stream, int pipeline) {
        this.stream = stream;
        this.pipeline = pipeline;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    void send(long dueNanos) {
        var target = context;
        if (target == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        var out = target.alloc().ioBuffer(pipeline * REQUEST_BYTES);
        long isWrite = 0;
        for (int i = 0; i < pipeline; i++) {
            isWrite |= stream.append(out) ? 1L << i : 0;
        }
        if (batches == due.length) {
            grow();
        }
        int slot = oldest + batches & due.length - 1;
        due[slot] = dueNanos;
        writes[slot] = isWrite;
        batches++;
        var _ = target.writeAndFlush(out, target.voidPromise());
    }

    private void grow() {
        int room = due.length;
        var moreDue = Arrays.copyOf(due, room * 2);
        var moreWrites = Arrays.copyOf(writes, room * 2);
        for (int i = 0; i < room; i++) {
            moreDue[i] = due[oldest + i & room - 1];
            moreWrites[i] = writes[oldest + i & room - 1];
        }
        due = moreDue;
        writes = moreWrites;
        oldest = 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext source, Object message) {
        var in = (ByteBuf) message;
        now = System.nanoTime(); // all of one read have come by now
        try {
            replies.read(in, this);
        } finally {
            in.release();
        }
    }

    @Override
    public void reply(boolean missed) {
        if (batches == 0) {
            throw new IllegalStateException("a reply to nothing");
        }
        stream.measured().replied(due[oldest], now, (writes[oldest] >>> repliedOfOldest & 1) != 0, missed);
        repliedOfOldest++;
        if (repliedOfOldest == pipeline) {
            repliedOfOldest = 0;
            oldest = oldest + 1 & due.length - 1;
            batches--;
            stream.completed(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext source) {
        stream.failed(new EOFException("the server closed the connection"));
    }

    @Override
    @SuppressWarnings("deprecation") // of the interface, not of what this class takes from it
    public void exceptionCaught(ChannelHandlerContext source, Throwable cause) {
        stream.failed(cause);
    }
}
