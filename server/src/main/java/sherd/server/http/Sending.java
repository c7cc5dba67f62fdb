package sherd.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.SendableFile;
import sherd.engine.error.StoreException;
import sherd.server.net.EventLoops;

/**
 * Sends a part of a file, a step after the other: the next one is taken when the client has taken the last, so that a slow
 * client costs a step at the most. Lives on its connection's loop.
 *
 * <p>Where the connection allows it, a step goes from the system's cache to the socket, and nothing is copied to here.
 * Elsewhere it is copied into a buffer. What is not in that cache a worker reads: the loop must not wait for a device.
 */
final class Sending {
    /** Of what is copied. */
    static final int CHUNK = 128 << 10;

    /** Of what is not. */
    static final int REGION = 1 << 20;

    private static final Logger LOG = System.getLogger("sherd.server.http");

    /** Where the steps go. */
    interface Target {
        Channel channel();

        /** Whether a region of a file may be written, which goes out as it is. */
        boolean takesRegions();

        /** Writes and flushes one step. */
        ChannelFuture write(Object step, boolean last);

        /** All has been sent, or no more will be. */
        void ended(boolean whole);
    }

    /** The file stays open: it is the segment's. */
    private static final class SharedRegion extends DefaultFileRegion {
        SharedRegion(SendableFile file, long offset, long length) {
            super(file.channel(), offset, length);
        }

        @Override
        protected void deallocate() {}
    }

    private final FilePart part;
    private final Target target;
    private final @Nullable SendableFile direct;
    private @Nullable FileRegion region;
    private long sent;

    Sending(FilePart part, Target target) {
        this.part = part;
        this.target = target;
        this.direct = target.takesRegions() ? part.content().sendable().orElse(null) : null;
    }

    /** Bytes that the client's side of the connection has taken. */
    long progress() {
        return sent + (region == null ? 0 : region.transferred());
    }

    void step() {
        long from = sent;
        var first = part.takeFirst();
        if (first != null) {
            write(first, first.readableBytes());
            return;
        }
        long length = Math.min(direct == null ? CHUNK : REGION, part.range().length() - from);
        if (part.isResident(from, length)) {
            next(made(from, length), length);
        } else {
            part.workers().execute(() -> onWorker(from, length));
        }
    }

    private void onWorker(long from, long length) {
        Object step = null;
        try {
            step = made(from, length);
        } finally {
            toLoop(step, length);
        }
    }

    /** The step that begins there; null if it cannot be had. Reads, if it is on a worker. */
    private @Nullable Object made(long from, long length) {
        try {
            if (direct == null) {
                return part.chunk(from);
            }
            if (!target.channel().eventLoop().inEventLoop()) {
                part.bring(from, length);
            }
            return new SharedRegion(direct, part.range().offset() + from, length);
        } catch (StoreException | OutOfMemoryError e) {
            LOG.log(Level.WARNING, "a segment is not sent to its end: " + e.getMessage());
            return null;
        }
    }

    private void toLoop(@Nullable Object step, long length) {
        try {
            target.channel().eventLoop().execute(() -> next(step, length));
        } catch (RejectedExecutionException _) {
            ReferenceCountUtil.release(step);
            part.close(); // the node is being closed
        }
    }

    private void next(@Nullable Object step, long length) {
        if (step == null) {
            end(false);
        } else {
            write(step, length);
        }
    }

    private void write(Object step, long length) {
        region = step instanceof FileRegion next ? next : null;
        boolean last = sent + length == part.range().length();
        target.write(step, last).addListener(written -> {
            region = null;
            if (!written.isSuccess()) {
                end(false);
                return;
            }
            sent += length;
            part.sends().sent(length, direct == null);
            if (last) {
                end(true);
            } else {
                // Not at once: a client that takes all there is must leave the loop some time for others.
                EventLoops.afterReading(target.channel().eventLoop(), this::step)
                        .addListener(this::endIfNever);
            }
        });
    }

    /** The node is being closed, and the next step is not taken. */
    private void endIfNever(Future<?> step) {
        if (step.isCancelled()) {
            end(false);
        }
    }

    private void end(boolean whole) {
        part.close();
        target.ended(whole);
    }
}
