package sherd.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.SegmentContent;
import sherd.engine.error.ErrorCode;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.ShardedTable;

/** What of a segment a response has; closed when it has been sent, or when nobody wants it any more. */
final class FilePart implements AutoCloseable {
    private final String name;
    private final SegmentContent content;
    private final Sends sends;
    private final MemoryBudget budget;
    private final Executor workers;
    private final AtomicBoolean closed = new AtomicBoolean();
    private ByteRange range;
    private @Nullable ByteBuf first;

    private FilePart(String name, SegmentContent content, Exchange exchange) {
        this.name = name;
        this.content = content;
        this.sends = exchange.sends();
        this.budget = exchange.budget();
        this.workers = exchange.engine().workers();
        this.range = new ByteRange(0, content.meta().sizeBytes());
    }

    /** All of a segment; refused if there is no such segment, or too many are being sent. Blocks. */
    static FilePart open(Exchange exchange, ShardedTable table, String name) {
        var sends = exchange.sends();
        sends.begin(exchange.budget());
        SegmentContent content = null;
        try {
            content = exchange.engine()
                    .content(table, name)
                    .orElseThrow(() -> Problem.refuse(
                            ErrorCode.NOT_FOUND,
                            "no such segment: table=" + table.definition().name() + " name='" + name
                                    + "'; a merge may have replaced it, GET .../segments lists what there is"));
            return new FilePart(name, content, exchange);
        } finally {
            if (content == null) {
                sends.end(exchange.budget());
            }
        }
    }

    String name() {
        return name;
    }

    SegmentContent content() {
        return content;
    }

    /** Only some of it, before it is sent. */
    void narrow(ByteRange some) {
        range = some;
    }

    ByteRange range() {
        return range;
    }

    /**
     * Reads where it begins, so that what is damaged or out of reach is told before the response has begun. Blocks.
     */
    void prepare() {
        if (content.sendable().isEmpty()) {
            first = chunk(0);
            return;
        }
        long length = Math.min(Sending.REGION, range.length());
        if (!isResident(0, length)) {
            bring(0, length);
        }
    }

    /** Whether bytes of the range are in memory. */
    boolean isResident(long from, long length) {
        return content.isResident(range.offset() + from, length);
    }

    /** Waits until the system has bytes of the range in memory. */
    void bring(long from, long length) {
        content.bring(range.offset() + from, length);
    }

    /** What was read already of the beginning; once, and then the caller's. */
    @Nullable
    ByteBuf takeFirst() {
        var taken = first;
        first = null;
        return taken;
    }

    /** How long the chunk is that begins there. */
    int chunkBytes(long from) {
        return (int) Math.min(Sending.CHUNK, range.length() - from);
    }

    /** A copy of the bytes from a place of the range on. Blocks. */
    ByteBuf chunk(long from) {
        int length = chunkBytes(from);
        var buffer = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
        boolean whole = false;
        try {
            content.read(range.offset() + from, buffer.nioBuffer(0, length));
            whole = true;
            return buffer.writerIndex(length);
        } finally {
            if (!whole) {
                buffer.release();
            }
        }
    }

    Sends sends() {
        return sends;
    }

    Executor workers() {
        return workers;
    }

    /** Any thread: what may wait, a worker does. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            ReferenceCountUtil.release(takeFirst());
            try {
                workers.execute(this::letGo);
            } catch (RejectedExecutionException _) {
                letGo(); // the node is being closed
            }
        }
    }

    private void letGo() {
        content.close();
        sends.end(budget);
    }
}
