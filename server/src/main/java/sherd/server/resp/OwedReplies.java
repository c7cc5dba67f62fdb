package sherd.server.resp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.memory.LentBytes;
import sherd.engine.memory.OffHeap;

/** Sends a connection's replies in order, once the commit log has what they tell of. On its I/O thread. */
final class OwedReplies {
    private static final int COPIED = 64 << 10;
    private static final int[] NO_ENDS = {};
    private static final boolean[] NO_WRITES = {};

    private final Engine engine;
    private final Runnable told;
    private final ArrayDeque<Owed> owed = new ArrayDeque<>(2);
    private long bytes;
    private @Nullable LargeReply large;
    private @Nullable ChannelHandlerContext context;

    /** @param told called on the I/O thread when it is worth to {@link #pay} */
    OwedReplies(Engine engine, Runnable told) {
        this.engine = engine;
        this.told = told;
    }

    void use(ChannelHandlerContext to) {
        context = to;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    boolean isEmpty() {
        return owed.isEmpty() && large == null;
    }

    /** What follows the replies added so far is sent from where it lies, before any other is added. */
    void lend(LentBytes bytes) {
        large = new LargeReply(context().alloc(), bytes);
    }

    boolean lends() {
        return large != null;
    }

    /** Sends some of what was lent if all before is sent and the client reads; false if it must wait. */
    boolean sendLent() {
        if (large == null || !owed.isEmpty() || !context().channel().isWritable()) {
            return false;
        }
        if (large.writeSome(context())) {
            large.close();
            large = null;
        }
        return true;
    }

    int size() {
        return owed.size();
    }

    long bytes() {
        return bytes;
    }

    /** Sends the replies of a turn, now or later. */
    void add(RespLoop turn) {
        var reply = turn.reply();
        if (reply.size() == 0) {
            return;
        }
        var log = engine.log();
        long lsn = turn.turnLsn();
        boolean waits = lsn > log.acknowledged();
        if (owed.isEmpty() && !waits) {
            var _ = context().write(bytes(reply), context().voidPromise()); // without an object for it
            return;
        }
        var batch = take(reply, turn.turnEnds(), turn.turnWrites());
        batch.ready = !waits;
        owed.add(batch);
        bytes += batch.bytes.readableBytes();
        if (waits) {
            log.whenAcknowledged(lsn, inDoubt -> acknowledged(batch, inDoubt));
        }
    }

    /** Sends what was added and does not wait: at once, or soon and with that of other connections. */
    void flush(RespLoop loop, boolean atOnce) {
        if (atOnce) {
            context().flush();
        } else {
            loop.flushes().add(context());
        }
    }

    private Owed take(Reply reply, int[] ends, boolean[] wrote) {
        var sent = bytes(reply);
        return new Owed(sent, sent instanceof RegionBuf large ? large.region() : null, ends, wrote);
    }

    private ByteBuf bytes(Reply reply) {
        int size = reply.size();
        return size <= COPIED
                ? reply.copy(context().alloc())
                : new RegionBuf(context().alloc(), reply.detach(), size);
    }

    private void write(Owed batch) {
        var _ = context().write(batch.bytes, context().voidPromise());
    }

    /** Called from any thread, once for each batch. */
    private void acknowledged(Owed batch, boolean inDoubt) {
        context().channel().eventLoop().execute(() -> {
            batch.inDoubt = inDoubt;
            batch.ready = true;
            told.run();
        });
    }

    /** Writes what the log has; true if there was something. */
    boolean pay(RespLoop loop) {
        boolean wrote = false;
        while (!owed.isEmpty() && owed.peekFirst().ready) {
            var batch = owed.removeFirst();
            bytes -= batch.bytes.readableBytes();
            write(batch.inDoubt ? doubtful(loop, batch) : batch);
            wrote = true;
        }
        return wrote;
    }

    private Owed doubtful(RespLoop loop, Owed batch) {
        var reply = loop.reply();
        var error = ErrorReplies.inDoubt(engine.log().failure());
        reply.clear();
        if (batch.backing != null) {
            RespLoop.doubt(batch.backing.address(), batch.ends, batch.wrote, error, reply);
        } else {
            int size = batch.bytes.readableBytes();
            long copy = loop.scratch(size);
            batch.bytes.getBytes(batch.bytes.readerIndex(), OffHeap.buffer(copy, size));
            RespLoop.doubt(copy, batch.ends, batch.wrote, error, reply);
        }
        batch.bytes.release();
        return take(reply, NO_ENDS, NO_WRITES);
    }

    /** For a client that is gone. */
    void drop() {
        for (var batch : owed) {
            batch.bytes.release();
        }
        owed.clear();
        if (large != null) {
            large.close();
            large = null;
        }
    }
}
