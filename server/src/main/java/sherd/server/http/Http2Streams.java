package sherd.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sherd.engine.lifecycle.Readers;
import sherd.server.net.EventLoops;
import sherd.server.observe.BatchSample;
import sherd.server.observe.Stage;

/**
 * The requests of one HTTP/2 connection. They are independent of each other, and each is begun as soon as there is
 * room: not more than a number of them run, and none is begun while the client does not take the responses it has
 * asked for. Those that wait cost their heads, which are bounded together, and bodies as long as a window.
 */
final class Http2Streams extends Http2FrameAdapter {
    /** Responses that wait for the client; past this many bytes nothing new is begun. */
    private static final int MOST_QUEUED_BYTES = 1 << 20;

    private final HttpDoor door;
    private final LoopState loop;
    private final Channel channel;
    private final Http2Connection connection;
    private final BatchSample sample;
    private final int reader;
    private final Http2Connection.PropertyKey key;
    private final ArrayDeque<RequestStream> waiting = new ArrayDeque<>();
    private final ArrayDeque<RequestStream> congested = new ArrayDeque<>();

    private @Nullable Http2Handler handler;
    private @Nullable ChannelHandlerContext context;
    private int running;
    /** Requests of the batch that is being timed. */
    private int sampled;

    private long headBytes;
    private long queuedBytes;
    private boolean pumping;
    private boolean reading;
    private boolean flushing;
    private boolean greeted;
    private long lastRead;
    private long lastTaken;

    Http2Streams(HttpDoor door, LoopState loop, Channel channel, Http2Connection connection, BatchSample sample) {
        this.door = door;
        this.loop = loop;
        this.channel = channel;
        this.connection = connection;
        this.sample = sample;
        this.reader = Readers.idOf(EventLoops.host(EventLoops.text(channel.remoteAddress())));
        this.key = connection.newKey();
        this.lastRead = now();
        this.lastTaken = lastRead;
        connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                RequestStream closed = stream.getProperty(key);
                if (closed != null) {
                    closed.closed();
                }
            }
        });
    }

    void handler(Http2Handler made) {
        handler = made;
    }

    /** The codec is in the pipeline. */
    void begun() {
        context = channel.pipeline().context(handler());
        try {
            int more = Http2Handler.WINDOW_BYTES - Http2CodecUtil.DEFAULT_WINDOW_SIZE;
            connection.local().flowController().incrementWindowSize(connection.connectionStream(), more);
        } catch (Http2Exception e) {
            handler().onError(context(), true, e);
        }
        watch();
    }

    HttpDoor door() {
        return door;
    }

    int reader() {
        return reader;
    }

    LoopState loop() {
        return loop;
    }

    BatchSample sample() {
        return sample;
    }

    Channel channel() {
        return channel;
    }

    Http2Handler handler() {
        if (handler == null) {
            throw new IllegalStateException("no codec yet");
        }
        return handler;
    }

    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return context;
    }

    long now() {
        return door.clock().nanoTime();
    }

    // What the client sends

    void reading(boolean now) {
        reading = now;
        if (now) {
            lastRead = now();
        }
    }

    /** The request that was sent as HTTP/1.1 has its response on the first stream. */
    void upgraded(RequestHead head) {
        open(connection.stream(Http2CodecUtil.HTTP_UPGRADE_STREAM_ID), head, 0, true);
        flushLater();
    }

    /** The client speaks HTTP/2 now: this comes before all its other frames. */
    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
        greeted = true;
        pump();
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext ctx,
            int streamId,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean exclusive,
            int padding,
            boolean last)
            throws Http2Exception {
        onHeadersRead(ctx, streamId, headers, padding, last);
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean last)
            throws Http2Exception {
        var stream = connection.stream(streamId);
        RequestStream known = stream.getProperty(key);
        if (known != null) {
            known.ended(); // these are trailers, which mean nothing here
            return;
        }
        int bytes = 0;
        for (var header : headers) {
            bytes += header.getKey().length() + header.getValue().length();
        }
        int most = door.limits().requestLineBytes() + door.limits().headerBytes();
        if (headBytes + bytes > most && headBytes > 0) {
            throw Http2Exception.streamError(
                    streamId, Http2Error.REFUSED_STREAM, "too many long heads at once: limit_bytes=%d", most);
        }
        open(stream, head(streamId, headers), bytes, last);
    }

    /** A head that is none ends its stream; the others of the connection have no part in it. */
    private static RequestHead head(int streamId, Http2Headers headers) throws Http2Exception {
        try {
            return RequestHead.Http2.of(headers);
        } catch (IllegalArgumentException e) {
            throw Http2Exception.streamError(
                    streamId, Http2Error.PROTOCOL_ERROR, e, "not a request: %s", e.getMessage());
        }
    }

    private void open(Http2Stream stream, RequestHead head, int bytes, boolean last) {
        sample.lap(Stage.PARSE);
        var opened = new RequestStream(this, stream, head, bytes, last);
        sampled += opened.sampled() ? 1 : 0;
        headBytes += bytes;
        stream.setProperty(key, opened);
        if (waiting.isEmpty() && takes(opened)) {
            opened.begin();
        } else {
            wait(opened);
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean last) {
        RequestStream stream = connection.stream(streamId).getProperty(key);
        return padding + (stream == null ? data.readableBytes() : stream.data(data, last));
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext ctx, int streamId, int increment) {
        lastTaken = now();
    }

    void writabilityChanged() {
        lastTaken = now();
        // Nothing can be written, so nothing that is sent in reply to what would be read could be either.
        channel.config().setAutoRead(channel.isWritable());
        pump();
    }

    // What runs and what waits

    /**
     * After an upgrade the client is answered when it has sent its first frame. It might be answered at once, but
     * Java's own client may lose what comes before it has changed over, if that is more than one buffer of 16 KiB.
     */
    private boolean takes(RequestStream stream) {
        return greeted
                && running < Http2Handler.MOST_STREAMS
                && queuedBytes < MOST_QUEUED_BYTES
                && channel.isWritable()
                && !(stream.writes() && door.engine().log().congested());
    }

    private void wait(RequestStream stream) {
        if (stream.writes() && door.engine().log().congested()) {
            if (congested.isEmpty()) {
                door.engine().log().whenUncongested(() -> loop.loop().execute(this::resume));
            }
            congested.add(stream);
        } else {
            waiting.add(stream);
        }
    }

    private void resume() {
        waiting.addAll(congested);
        congested.clear();
        sample.resume();
        pump();
        endSample();
    }

    /** Begins what waits, as far as there is room. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            for (var next = waiting.peek(); next != null; next = waiting.peek()) {
                boolean takes = takes(next);
                if (!takes && !(next.writes() && door.engine().log().congested())) {
                    return;
                }
                waiting.remove();
                if (takes) {
                    next.begin();
                } else {
                    wait(next);
                }
            }
        } finally {
            pumping = false;
        }
    }

    void forget(RequestStream stream) {
        waiting.remove(stream);
        congested.remove(stream);
    }

    void ran() {
        running++;
    }

    /** A request has been answered, or nobody wants the answer any more and nobody works on it. */
    void done(int bytesOfHead) {
        headBytes -= bytesOfHead;
    }

    void stopped() {
        running--;
        pump();
    }

    /** A response has been written, which goes out at the end of the read, or soon. */
    void replied() {
        if (!reading && !pumping) {
            endSample();
        }
    }

    /** A request of the batch that is being timed has its response, or needs none. */
    void leftSample() {
        sampled--;
        endSampleOfNobody();
    }

    /** Ends what is being timed, or has it wait for those of its requests that do. */
    void endSample() {
        sample.end(sampled > 0 || flushing);
        endSampleOfNobody();
    }

    /** Nobody would resume it. */
    private void endSampleOfNobody() {
        if (sampled == 0 && !flushing && !reading) {
            sample.drop();
        }
    }

    void queued(int bytes) {
        if (queuedBytes == 0) {
            lastTaken = now();
        }
        queuedBytes += bytes;
    }

    /** The client has taken a response, or will not. */
    void taken(int bytes) {
        queuedBytes -= bytes;
        lastTaken = now();
        pump();
    }

    /** Replies of one read go out together, and so do those that were waiting for the same sync of the log. */
    void flushLater() {
        if (!reading && !flushing) {
            flushing = true;
            loop.loop().execute(() -> {
                flushing = false;
                sample.resume();
                if (channel.isOpen()) {
                    handler().flush(context());
                }
                endSample();
            });
        }
    }

    void consume(Http2Stream stream, int bytes) {
        try {
            if (connection.local().flowController().consumeBytes(stream, bytes)) {
                flushLater();
            }
        } catch (Http2Exception e) {
            handler().onError(context(), true, e);
        }
    }

    ChannelFuture reset(Http2Stream stream, Http2Error error) {
        var sent = handler()
                .resetStream(context(), stream.id(), error.code(), context().newPromise());
        flushLater();
        return sent;
    }

    void sayContinue(Http2Stream stream) {
        var interim = new DefaultHttp2Headers(false).status("100");
        var _ = handler()
                .encoder()
                .writeHeaders(
                        context(), stream.id(), interim, 0, false, context().newPromise());
        flushLater();
    }

    // Silence

    private void watch() {
        long period =
                Math.max(10, Math.min(door.limits().idleMillis(), door.limits().stallMillis()) / 4);
        var _ = loop.loop().schedule(this::look, period, TimeUnit.MILLISECONDS);
    }

    /** Looks in now and then for a client that has gone quiet. */
    private void look() {
        if (!channel.isOpen()) {
            return;
        }
        long now = now();
        var limits = door.limits();
        if (queuedBytes > 0 && millis(now, lastTaken) > limits.stallMillis()) {
            var _ = context().close(); // past the codec, which would wait for the streams to end
            return;
        }
        if ((connection.numActiveStreams() == 0 || !greeted) && millis(now, lastRead) > limits.idleMillis()) {
            var _ = channel.close();
            return;
        }
        try {
            connection.forEachActiveStream(stream -> {
                RequestStream known = stream.getProperty(key);
                if (known != null) {
                    known.look(now, limits.stallMillis());
                }
                return true;
            });
        } catch (Http2Exception e) {
            handler().onError(context(), true, e);
        }
        watch();
    }

    static long millis(long now, long before) {
        return (now - before) / 1_000_000;
    }
}
