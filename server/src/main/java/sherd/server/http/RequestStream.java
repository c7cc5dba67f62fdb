package sherd.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import sherd.server.observe.Stage;

/** One stream of an HTTP/2 connection: a request and its response. */
final class RequestStream implements ReplyPath {
    /** What the next bytes from the client are for. */
    private enum Phase {
        /** For later: the head has not been looked at. */
        WAITING,
        /** The request's body. */
        BODY,
        /** Nothing: the request is complete and being worked on. */
        WORK,
        /** Nothing: there is a response, and nobody wants the rest of the body. */
        DRAIN,
        CLOSED
    }

    private final Http2Streams streams;
    private final Http2Stream stream;
    private final RequestHead head;
    private final int headBytes;
    private @Nullable ArrayDeque<ByteBuf> early;
    private Phase phase = Phase.WAITING;
    private boolean complete;
    private boolean running;
    private @Nullable Exchange current;
    private @Nullable Body body;
    private long bodyBytes;
    private final long opened;
    private long lastData;
    private boolean sampled;
    private volatile boolean gone;

    RequestStream(Http2Streams streams, Http2Stream stream, RequestHead head, int headBytes, boolean complete) {
        this.streams = streams;
        this.stream = stream;
        this.head = head;
        this.headBytes = headBytes;
        this.complete = complete;
        this.opened = streams.now();
        this.lastData = opened;
        this.sampled = streams.sample().running();
    }

    /** Whether its batch is being timed. */
    boolean sampled() {
        return sampled;
    }

    @Override
    public void resumed() {
        if (sampled) {
            streams.sample().resume();
        }
    }

    @Override
    public void paused() {
        if (sampled) {
            streams.endSample();
        }
    }

    private void leaveSample() {
        if (sampled) {
            sampled = false;
            streams.leftSample();
        }
    }

    @Override
    public HttpDoor door() {
        return streams.door();
    }

    @Override
    public LoopState loop() {
        return streams.loop();
    }

    @Override
    public int reader() {
        return streams.reader();
    }

    @Override
    public boolean abandoned() {
        return gone;
    }

    boolean writes() {
        return head.writes();
    }

    /** There is room for this request. */
    void begin() {
        phase = Phase.BODY;
        running = true;
        streams.ran();
        var exchange = new Exchange(this, head);
        current = exchange;
        try {
            requireShortHead();
            head.requireKnownExpectation();
            var call = exchange.resolve(door().routes());
            loop().stages().lap(Stage.ROUTE);
            body = call.begin(exchange);
            loop().stages().lap(Stage.PARSE);
            if (head.asksToContinue() && phase == Phase.BODY && !complete) {
                streams.sayContinue(stream);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            exchange.fail(e);
        }
        takeEarly();
        if (complete) {
            ended();
        }
    }

    private void requireShortHead() {
        var limits = door().limits();
        int target = head.target().length();
        if (target > limits.requestLineBytes()) {
            throw Problem.refuse(
                    414, "URI_TOO_LONG", "request line too long: limit_bytes=" + limits.requestLineBytes());
        }
        if (headBytes - target > limits.headerBytes()) {
            throw Problem.refuse(431, "HEADERS_TOO_LARGE", "headers too large: limit_bytes=" + limits.headerBytes());
        }
    }

    private void takeEarly() {
        for (var data = nextEarly(); data != null; data = nextEarly()) {
            int bytes = data.readableBytes();
            try {
                take(data);
            } finally {
                data.release();
            }
            if (phase != Phase.CLOSED) {
                streams.consume(stream, bytes);
            }
        }
    }

    private @Nullable ByteBuf nextEarly() {
        return early == null ? null : early.poll();
    }

    /** Returns how many bytes the client may send in their place. */
    int data(ByteBuf data, boolean last) {
        int bytes = data.readableBytes();
        if (phase == Phase.WAITING) {
            if (bytes > 0) {
                early = early == null ? new ArrayDeque<>() : early;
                early.add(data.retain());
            }
            complete |= last;
            return 0;
        }
        lastData = streams.now();
        take(data);
        if (last) {
            ended();
        }
        return bytes;
    }

    private void take(ByteBuf data) {
        bodyBytes += data.readableBytes();
        var taker = body;
        var exchange = current;
        if (phase == Phase.BODY && taker != null && exchange != null && data.isReadable()) {
            try {
                taker.data(data);
            } catch (RuntimeException | OutOfMemoryError e) {
                exchange.fail(e);
            }
        } else if (phase == Phase.DRAIN && bodyBytes > door().limits().drainBytes()) {
            var _ = streams.reset(stream, Http2Error.NO_ERROR);
        }
    }

    /** The body is complete. */
    void ended() {
        complete = true;
        var taker = body;
        var exchange = current;
        if (phase != Phase.BODY || taker == null || exchange == null) {
            return;
        }
        phase = Phase.WORK;
        try {
            taker.end();
        } catch (RuntimeException | OutOfMemoryError e) {
            exchange.fail(e);
        }
    }

    @Override
    public void reply(Exchange exchange, Response response) {
        if (exchange == current) {
            resumed();
            loop().stages().lap(Stage.EXECUTE);
            current = null;
            phase = Phase.DRAIN; // before it is sent: then the stream may be closed
            send(exchange, response);
            loop().stages().lap(Stage.REPLY);
            loop().stages().count(exchange.operations());
            loop().figures().request(streams.now() - opened);
            dropBody();
        } else {
            response.release();
        }
        stop();
        streams.replied();
    }

    private void send(Exchange exchange, Response response) {
        var content = response.body();
        boolean bodiless = exchange.answersWithoutBody(response) || response.length() == 0;
        var headers = Http2Response.headers(loop(), response);
        door().counters().count(exchange.method().name(), exchange.pattern(), response.status());
        var encoder = streams.handler().encoder();
        var context = streams.context();
        var written = encoder.writeHeaders(context, stream.id(), headers, 0, bodiless, context.newPromise());
        if (bodiless) {
            response.release();
        } else if (response.part() != null) {
            sendPart(response.part());
        } else {
            int bytes = content.readableBytes();
            streams.queued(bytes);
            written = encoder.writeData(context, stream.id(), content, 0, true, context.newPromise());
            written.addListener((ChannelFutureListener) _ -> streams.taken(bytes));
        }
        if (!complete && !drainable()) {
            // Not before: a reset takes back what has not been sent yet.
            written.addListener((ChannelFutureListener) this::refuseRest);
        }
        streams.flushLater();
    }

    /** A window of the client's at a time, from buffers. */
    private void sendPart(FilePart part) {
        new Sending(part, new Sending.Target() {
                    @Override
                    public Channel channel() {
                        return streams.channel();
                    }

                    @Override
                    public boolean takesRegions() {
                        return false;
                    }

                    @Override
                    public ChannelFuture write(Object step, boolean last) {
                        var bytes = (ByteBuf) step;
                        int length = bytes.readableBytes();
                        var context = streams.context();
                        streams.queued(length);
                        var written = streams.handler()
                                .encoder()
                                .writeData(context, stream.id(), bytes, 0, last, context.newPromise());
                        written.addListener((ChannelFutureListener) _ -> streams.taken(length));
                        streams.flushLater();
                        return written;
                    }

                    @Override
                    public void ended(boolean whole) {
                        if (!whole && phase != Phase.CLOSED) {
                            var _ = streams.reset(stream, Http2Error.INTERNAL_ERROR);
                        }
                    }
                })
                .step();
    }

    private void refuseRest(ChannelFuture written) {
        if (written.isSuccess() && phase == Phase.DRAIN && !complete) {
            var _ = streams.reset(stream, Http2Error.NO_ERROR);
        }
    }

    /** Whether what is left of the body is known to be little. */
    private boolean drainable() {
        return !head.asksToContinue()
                && head.contentLength() > 0
                && head.contentLength() - bodyBytes <= door().limits().drainBytes();
    }

    /** The stream has ended, by both sides or by force. */
    void closed() {
        boolean working = phase == Phase.WORK;
        if (phase == Phase.WAITING) {
            streams.forget(this);
        }
        phase = Phase.CLOSED;
        gone = true;
        current = null;
        dropBody();
        for (var data = nextEarly(); data != null; data = nextEarly()) {
            data.release();
        }
        streams.done(headBytes);
        if (!working) {
            leaveSample();
        }
        if (!working) {
            stop();
        }
    }

    /** Work whose client has gone still counts until it is done. */
    private void stop() {
        leaveSample();
        if (running) {
            running = false;
            streams.stopped();
        }
    }

    private void dropBody() {
        var dropped = body;
        body = null;
        if (dropped != null) {
            dropped.abandon();
        }
    }

    /** Whether the client has gone quiet in the middle of a body. */
    void look(long now, long stallMillis) {
        long quiet = Http2Streams.millis(now, lastData);
        if (complete || quiet <= stallMillis) {
            return;
        }
        var exchange = current;
        if (phase == Phase.BODY && exchange != null) {
            exchange.fail(Problem.refuse(
                    408,
                    "REQUEST_TIMEOUT",
                    "the rest of the body did not come: waited_ms=" + quiet + " received_bytes=" + bodyBytes));
        } else if (phase == Phase.DRAIN) {
            var _ = streams.reset(stream, Http2Error.CANCEL);
        }
    }
}
