package sherd.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sherd.engine.lifecycle.Readers;
import sherd.server.net.EventLoops;
import sherd.server.observe.BatchSample;
import sherd.server.observe.Stage;

/**
 * One connection of HTTP/1.1: takes requests one after the other and answers each before it looks at the next, so replies are in
 * order whatever leaves the loop in between.
 *
 * <p>What has been decoded but not looked at waits in {@code inbox}. While a request is being worked on, while the
 * commit log is congested, or while the client does not take its responses, nothing is read; so the inbox holds at
 * most what one read brought.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements ReplyPath {
    private static final Logger LOG = System.getLogger("sherd.server.http");
    private static final long LINGER_MILLIS = 2_000;

    /** What the next object from the client is for. */
    private enum Phase {
        /** A request's head. */
        HEAD,
        /** The body of the current request. */
        BODY,
        /** The end of a request that asks to go on in HTTP/2. */
        UPGRADE,
        /** Nothing: the current request is complete and being worked on. */
        WORK,
        /** Nothing: a file is being sent. */
        SEND,
        /** Nothing: writes wait for the commit log. */
        CONGESTED,
        /** The rest of a body that nobody wants, then the next head. */
        DRAIN,
        /** The same, but then the connection ends: what was sent must not be lost to a reset. */
        LINGER,
        CLOSED
    }

    private final HttpDoor door;
    private final LoopState loop;
    private final ArrayDeque<HttpObject> inbox = new ArrayDeque<>();
    private final Channel channel;
    private final BatchSample sample;
    private final int reader;
    private Phase phase = Phase.HEAD;
    private @Nullable Exchange current;
    private @Nullable Body body;
    private @Nullable HttpRequest head;
    private @Nullable Sending sending;
    private long bodyBytes;
    private long began;
    /** The head is not one that we understand, so what follows it may not be what it says. */
    private boolean distrusted;

    private boolean pumping;
    private boolean reading;
    private boolean unflushed;
    private long lastProgress;
    /** How much of a file was sent when somebody last looked. */
    private long sentBefore;

    private @Nullable Future<?> nextLook;

    HttpConnection(HttpDoor door, LoopState loop, Channel channel, BatchSample sample) {
        this.door = door;
        this.loop = loop;
        this.channel = channel;
        this.sample = sample;
        this.reader = Readers.idOf(EventLoops.host(EventLoops.text(channel.remoteAddress())));
        this.lastProgress = door.clock().nanoTime();
        watch();
    }

    @Override
    public HttpDoor door() {
        return door;
    }

    @Override
    public LoopState loop() {
        return loop;
    }

    @Override
    public int reader() {
        return reader;
    }

    BatchSample sample() {
        return sample;
    }

    @Override
    public void resumed() {
        sample.resume();
    }

    @Override
    public void paused() {
        if (!reading && !pumping) {
            sample.end(waits());
        }
    }

    /** Whether replies will come later. */
    private boolean waits() {
        return phase == Phase.WORK || phase == Phase.CONGESTED;
    }

    @Override
    public boolean abandoned() {
        return !channel.isActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        lastProgress = door.clock().nanoTime();
        sample.lap(Stage.PARSE);
        if (phase == Phase.CLOSED || !(message instanceof HttpObject object)) {
            ReferenceCountUtil.release(message);
            return;
        }
        inbox.add(object);
        pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        flush();
        sample.end(waits());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        lastProgress = door.clock().nanoTime();
        pump();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
    }

    @Override
    @SuppressWarnings("deprecation") // of ChannelHandler, not of ChannelInboundHandler
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.log(Level.ERROR, "a connection failed: client=" + ctx.channel().remoteAddress(), cause);
        }
        close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end();
    }

    private void end() {
        phase = Phase.CLOSED;
        dropBody();
        for (var object = inbox.poll(); object != null; object = inbox.poll()) {
            ReferenceCountUtil.release(object);
        }
        current = null;
        var look = nextLook;
        if (look != null) {
            look.cancel(false); // or the loop would keep what has closed until then
        }
    }

    /** Works through the inbox as far as it can. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!inbox.isEmpty() && takes()) {
                var object = inbox.remove();
                try {
                    take(object);
                } finally {
                    ReferenceCountUtil.release(object);
                }
            }
        } finally {
            pumping = false;
        }
        if (phase != Phase.CLOSED) {
            channel.config().setAutoRead(inbox.isEmpty() && takes());
        }
        if (!reading) {
            flush();
        }
    }

    private boolean takes() {
        return switch (phase) {
            case HEAD -> writable();
            case BODY, UPGRADE, DRAIN, LINGER -> true;
            case WORK, SEND, CONGESTED, CLOSED -> false;
        };
    }

    private boolean writable() {
        if (!channel.isWritable()) {
            flush();
        }
        return channel.isWritable();
    }

    private void take(HttpObject object) {
        if (object.decoderResult().isFailure()) {
            malformed(object);
            return;
        }
        if (object instanceof HttpRequest request) {
            if (phase == Phase.HEAD && Upgrade.asked(request)) {
                head = request;
                phase = Phase.UPGRADE;
            } else {
                begin(request);
            }
        }
        if (object instanceof HttpContent content) {
            takeContent(content);
        }
    }

    private void takeContent(HttpContent content) {
        bodyBytes += content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        switch (phase) {
            case BODY -> takeBody(content, last);
            case DRAIN -> {
                if (last) {
                    phase = Phase.HEAD;
                }
            }
            case UPGRADE -> upgrade(content);
            case HEAD, WORK, SEND, CONGESTED, LINGER, CLOSED -> {}
        }
    }

    /** Hands the connection and its one unanswered request over to HTTP/2, or answers in HTTP/1.1 after all. */
    private void upgrade(HttpContent end) {
        var request = head;
        if (request == null) {
            return;
        }
        phase = Phase.HEAD;
        if (Upgrade.run(this, channel, request)) {
            end(); // drops what the client sent before it was told to go on
            return;
        }
        begin(request);
        takeContent(end);
    }

    private void takeBody(HttpContent content, boolean last) {
        var taker = body;
        var exchange = current;
        if (taker == null || exchange == null) {
            return;
        }
        try {
            if (content.content().isReadable()) {
                taker.data(content.content());
            }
            // A refusal in the middle has replied already.
            if (last && phase == Phase.BODY) {
                phase = Phase.WORK;
                channel.config().setAutoRead(false);
                taker.end();
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            exchange.fail(e);
        }
    }

    private void begin(HttpRequest request) {
        head = request;
        began = lastProgress;
        bodyBytes = 0;
        var asked = new RequestHead.Http1(request);
        if (asked.writes() && door.engine().log().congested()) {
            phase = Phase.CONGESTED;
            inbox.addFirst(ReferenceCountUtil.retain(request));
            door.engine().log().whenUncongested(() -> loop.loop().execute(this::resume));
            return;
        }
        phase = Phase.BODY;
        var exchange = new Exchange(this, asked);
        current = exchange;
        try {
            distrusted = true;
            requireSaneHead(request);
            asked.requireKnownExpectation();
            distrusted = false;
            var call = exchange.resolve(door.routes());
            sample.lap(Stage.ROUTE);
            body = call.begin(exchange);
            sample.lap(Stage.PARSE);
            if (HttpUtil.is100ContinueExpected(request) && phase == Phase.BODY) {
                var _ = channel.writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            exchange.fail(e);
        }
    }

    private void resume() {
        if (phase == Phase.CONGESTED) {
            sample.resume();
            phase = Phase.HEAD;
            pump();
            paused();
        }
    }

    private static void requireSaneHead(HttpRequest request) {
        if (request.protocolVersion().majorVersion() != 1) {
            throw Problem.refuse(
                    505, "HTTP_VERSION", "unknown version: " + request.protocolVersion() + "; use HTTP/1.1");
        }
        var hosts = request.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && request.protocolVersion().minorVersion() > 0)) {
            throw Problem.refuse(
                    400, "BAD_REQUEST", "a request needs one host header: host=" + hosts + "; send exactly one");
        }
    }

    private void malformed(HttpObject object) {
        if (phase == Phase.LINGER) {
            return;
        }
        var request = object instanceof HttpRequest made ? made : head;
        var exchange = current;
        if (request == null || (phase != Phase.BODY && !(object instanceof HttpRequest))) {
            close();
            return;
        }
        if (exchange == null) {
            exchange = new Exchange(this, new RequestHead.Http1(request));
            current = exchange;
            began = lastProgress;
        }
        head = request;
        var cause = object.decoderResult().cause();
        var problem = switch (cause) {
            case TooLongHttpLineException _ ->
                Problem.of(
                        414,
                        "URI_TOO_LONG",
                        "request line too long: limit_bytes=" + door.limits().requestLineBytes());
            case TooLongHttpHeaderException _ ->
                Problem.of(
                        431,
                        "HEADERS_TOO_LARGE",
                        "headers too large: limit_bytes=" + door.limits().headerBytes());
            default -> Problem.of(400, "BAD_REQUEST", "not HTTP/1.1: " + cause.getMessage());
        };
        dropBody();
        current = null;
        send(exchange, Response.of(problem, "/"), true);
        linger(false);
    }

    @Override
    public void reply(Exchange exchange, Response response) {
        if (exchange != current || phase == Phase.CLOSED) {
            response.release();
            return;
        }
        resumed();
        sample.lap(Stage.EXECUTE);
        boolean complete = phase == Phase.WORK;
        boolean reusable = complete || drainable();
        send(exchange, response, !reusable);
        sample.lap(Stage.REPLY);
        sample.count(exchange.operations());
        dropBody();
        current = null;
        if (response.part() != null && !exchange.answersWithoutBody(response)) {
            sendPart(response.part());
        } else {
            replied(complete, reusable);
        }
        pump();
        paused();
    }

    private void replied(boolean complete, boolean reusable) {
        if (!keepsAlive() || !reusable) {
            linger(complete);
        } else {
            phase = complete ? Phase.HEAD : Phase.DRAIN;
        }
    }

    /** After the head of its response; the request is complete. */
    private void sendPart(FilePart part) {
        phase = Phase.SEND;
        sentBefore = 0;
        unflushed = false;
        var started = new Sending(part, new Http1Target(channel, this::partSent));
        sending = started;
        started.step();
    }

    private void partSent(boolean whole) {
        sending = null;
        if (phase != Phase.SEND) {
            return;
        }
        if (whole) {
            lastProgress = door.clock().nanoTime();
            replied(true, true);
            pump();
        } else {
            close(); // that not all has come is how the client knows
        }
    }

    /**
     * Ends the connection after what was written. While the client may still be sending, closing at once could reset
     * the connection before it has read why; so only our side is closed, and theirs a little later.
     */
    private void linger(boolean complete) {
        phase = Phase.LINGER;
        unflushed = false;
        var written = channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (complete) {
            written.addListener(ChannelFutureListener.CLOSE);
            return;
        }
        written.addListener(done -> {
            if (channel instanceof DuplexChannel duplex) {
                var _ = duplex.shutdownOutput();
            }
            var _ = loop.loop().schedule(this::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    /** Whether what is left of the body is known to be little. */
    private boolean drainable() {
        var request = head;
        if (request == null || distrusted || HttpUtil.is100ContinueExpected(request)) {
            return false;
        }
        if (HttpUtil.isTransferEncodingChunked(request)) {
            return false;
        }
        return HttpUtil.getContentLength(request, 0L) - bodyBytes
                <= door.limits().drainBytes();
    }

    private boolean keepsAlive() {
        var request = head;
        return request != null && HttpUtil.isKeepAlive(request);
    }

    private void send(Exchange exchange, Response response, boolean close) {
        boolean bodiless = exchange.answersWithoutBody(response);
        var message = Http1Response.of(loop, response, bodiless);
        if (bodiless) {
            response.release();
        }
        if (close || !keepsAlive()) {
            message.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (head != null && head.protocolVersion().minorVersion() == 0) {
            message.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        door.counters().count(exchange.method().name(), exchange.pattern(), response.status());
        loop.figures().request(door.clock().nanoTime() - began);
        var _ = channel.write(message, channel.voidPromise());
        unflushed = true;
    }

    private void flush() {
        if (unflushed) {
            unflushed = false;
            channel.flush();
        }
    }

    private void close() {
        var _ = channel.close();
    }

    private void dropBody() {
        var dropped = body;
        body = null;
        if (dropped != null) {
            dropped.abandon();
        }
    }

    /** Looks in now and then for a client that has gone quiet. */
    private void watch() {
        long period =
                Math.max(10, Math.min(door.limits().idleMillis(), door.limits().stallMillis()) / 4);
        nextLook = loop.loop().schedule(this::look, period, TimeUnit.MILLISECONDS);
    }

    private void look() {
        if (phase == Phase.CLOSED || !channel.isOpen()) {
            return;
        }
        long quiet = (door.clock().nanoTime() - lastProgress) / 1_000_000;
        var exchange = current;
        switch (phase) {
            case HEAD, UPGRADE -> {
                if (quiet
                        > (channel.isWritable()
                                ? door.limits().idleMillis()
                                : door.limits().stallMillis())) {
                    close();
                }
            }
            case BODY -> {
                if (quiet > door.limits().stallMillis() && exchange != null) {
                    exchange.fail(Problem.refuse(
                            408,
                            "REQUEST_TIMEOUT",
                            "the rest of the body did not come: waited_ms=" + quiet + " received_bytes=" + bodyBytes));
                }
            }
            case DRAIN, LINGER -> {
                if (quiet > door.limits().stallMillis()) {
                    close();
                }
            }
            case SEND -> {
                long sent = sending == null ? 0 : sending.progress();
                if (sent > sentBefore) {
                    sentBefore = sent;
                    lastProgress = door.clock().nanoTime();
                } else if (quiet > door.limits().stallMillis()) {
                    close();
                }
            }
            case WORK, CONGESTED -> lastProgress = door.clock().nanoTime();
            case CLOSED -> {}
        }
        watch();
    }
}
