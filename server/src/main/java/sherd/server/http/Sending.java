package sherd.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.SendableFile;
import sherd.engine.error.StoreException;

/**
 * Sends a part of a file, a step after the other: the next one is taken when the client has taken the last, so that a slow
 * client costs a step at the most. Lives on its connection's loop.
 *
 * <p>Where the connection allows it, a step goes from the system's cache to the socket, and nothing is copied to here.
 * What is not in that cache a worker reads first: the loop must not wait for a device. Elsewhere a worker reads each
 * step into a buffer.
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
        long offset = part.range().offset() + sent;
        var file = direct;
        if (file == null) {
            var first = part.takeFirst();
            if (first == null) {
                onWorker(part.chunkBytes(sent), () -> part.chunk(sent));
            } else {
                write(first, first.readableBytes());
            }
            return;
        }
        long length = Math.min(REGION, part.range().length() - sent);
        if (part.content().isResident(offset, length)) {
            write(new SharedRegion(file, offset, length), length);
        } else {
            onWorker(length, () -> {
                part.content().bring(offset, length);
                return new SharedRegion(file, offset, length);
            });
        }
    }

    private void onWorker(long length, Supplier<Object> work) {
        part.workers().execute(() -> {
            Object step = null;
            try {
                step = work.get();
            } catch (StoreException e) {
                LOG.log(Level.WARNING, "a segment is not sent to its end: " + e.getMessage());
            }
            toLoop(step, length);
        });
    }

    private void toLoop(@Nullable Object step, long length) {
        try {
            target.channel().eventLoop().execute(() -> {
                if (step == null) {
                    end(false);
                } else {
                    write(step, length);
                }
            });
        } catch (RejectedExecutionException _) {
            ReferenceCountUtil.release(step);
            part.close(); // the node is being closed
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
                target.channel().eventLoop().execute(this::step);
            }
        });
    }

    private void end(boolean whole) {
        part.close();
        target.ended(whole);
    }
}
