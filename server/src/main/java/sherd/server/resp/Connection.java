package sherd.server.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.LentBytes;
import sherd.engine.route.Session;
import sherd.server.net.EventLoops;
import sherd.server.observe.BatchSample;
import sherd.server.observe.Stage;

/**
 * One client: what it has sent and was not executed yet, and what it is owed.
 *
 * <p>Commands are decoded in Netty's own buffer where they arrive whole; only what is left over is copied, so an idle
 * connection holds no memory. A turn is bounded in commands and bytes, then the next connection has its turn. When the
 * client does not read, nothing more is read from it nor executed for it.
 *
 * <p>All methods run on the connection's I/O thread, except those that say otherwise.
 */
final class Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private static final int TURN_COMMANDS = 128;
    private static final int TURN_BYTES = 64 << 10;
    static final int TURN_REPLY_BYTES = 256 << 10;
    private static final int DECODED_AT_ONCE = 64;
    private static final long MAX_OWED_BYTES = 4 << 20;

    private final RespDoor door;
    private final ClientInfo info;
    private final Decoder decoder;
    private final Transaction transaction;
    private final BatchSample sample = new BatchSample();
    private final OwedReplies owed;

    private @Nullable ChannelHandlerContext context;
    private @Nullable RespLoop loop;
    private final Input input;
    private final Runnable plannedTurn = this::plannedTurn;
    private @Nullable ManyKeys many;
    private @Nullable LargeSet set;
    private boolean partsAhead;

    private int protocol = 2;
    private boolean suspended;
    private boolean closing;
    private boolean turnPlanned;
    private boolean gone;
    private boolean moving;
    private @Nullable StoreException coldFailure;
    private @Nullable Outcome outcome;

    /** What a task on a worker leaves to the command that asked for it. */
    interface Outcome extends AutoCloseable {
        @Override
        void close();
    }

    Connection(RespDoor door, ClientInfo info) {
        this.door = door;
        this.info = info;
        this.decoder = new Decoder(door.table(), door.engine().memory());
        this.input = new Input(door.engine().memory());
        this.transaction = new Transaction(door.engine().memory());
        this.owed = new OwedReplies(door.engine(), this::payOwed);
    }

    ClientInfo info() {
        return info;
    }

    int protocol() {
        return protocol;
    }

    /** 2 or 3; holds from the reply being written. */
    void protocol(int version) {
        protocol = version;
        loop().reply().protocol(version);
    }

    Transaction transaction() {
        return transaction;
    }

    /** Whether the next command may be executed. */
    boolean runs() {
        return !suspended && !closing && !owed.lends();
    }

    boolean suspended() {
        return suspended;
    }

    /** Answers what was asked so far, then ends. */
    void closeAfterReplies() {
        closing = true;
    }

    private RespLoop loop() {
        if (loop == null) {
            throw new IllegalStateException("not connected");
        }
        return loop;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    /** Stops reading, for a move to another I/O thread; false if something is under way that binds it to this one. */
    boolean leave() {
        if (moving || !idle()) {
            return false;
        }
        moving = true;
        regulate();
        return true;
    }

    /** Whether it can go, after a while without reading; if not it stays, and reads again. */
    boolean left() {
        moving = idle();
        regulate();
        return moving;
    }

    private boolean idle() {
        context().flush(); // it may be among those that wait for that
        boolean waits = suspended || turnPlanned || closing || gone || outcome != null || coldFailure != null;
        var unsent = context().channel().unsafe().outboundBuffer();
        return !waits && input.isEmpty() && owed.isEmpty() && unsent != null && unsent.isEmpty();
    }

    /** Once the connection is connected; any thread may ask. */
    Channel channel() {
        return context().channel();
    }

    /** The first time, or on another I/O thread after a move. */
    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        if (moving) {
            moving = false;
            loop = door.loop(ctx.channel().eventLoop());
            sample.use(loop.clock());
            regulate();
        }
        ctx.fireChannelRegistered();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        owed.use(ctx);
        loop = door.loop(ctx.channel().eventLoop());
        sample.use(loop.clock());
        door.connected(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone = true;
        closing = true;
        door.disconnected(this);
        dropInput();
        dropOutcome();
        transaction.close();
        owed.drop();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var buffer = (ByteBuf) message;
        sample.lap(Stage.READ);
        try {
            if (closing) {
                return;
            }
            int length = buffer.readableBytes();
            info.received(length, door.clock().epochMillis());
            if (input.isEmpty() && mayRun() && buffer.hasMemoryAddress()) {
                long base = buffer.memoryAddress() + buffer.readerIndex();
                int done = turn(base, length);
                if (done < length && !closing) {
                    keep(buffer, buffer.readerIndex() + done, length - done);
                    planTurn(done > 0 || partsAhead);
                }
            } else {
                keep(buffer, buffer.readerIndex(), length);
                if (mayRun() && !turnPlanned && !closing) {
                    turnOnInput();
                }
            }
            regulate();
        } finally {
            buffer.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        owed.flush(loop(), sample.running());
        endSample();
    }

    /** The client sends no more: what it was answered so far is sent, and the connection ends. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.flush();
            var _ = ctx.close();
        }
    }

    /** A turn of its own follows: this comes amid the write of an earlier one. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && !gone) {
            planTurn(true);
            regulate();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("connection failed: client={}", info.address(), cause);
        }
        var _ = ctx.close();
    }

    private boolean mayRun() {
        return runs() && context().channel().isWritable() && owed.bytes() < MAX_OWED_BYTES;
    }

    private void keep(ByteBuf buffer, int index, int length) {
        var refusal = input.add(buffer, index, length);
        if (refusal == null) {
            return;
        }
        dropInput();
        var loop = loop();
        loop.beginTurn(this);
        loop.reply().error(refusal);
        loop.mark(false);
        closing = true;
        finishTurn();
    }

    private void dropInput() {
        dropParts();
        input.close();
        decoder.forget();
    }

    /** Reads on only when what came was dealt with. */
    private void regulate() {
        var config = context().channel().config();
        boolean reads = !closing && !moving && !turnPlanned && mayRun();
        if (config.isAutoRead() != reads) {
            config.setAutoRead(reads);
        }
    }

    /** A value that has not come whole is no reason: its next bytes are. */
    private void planTurn(boolean more) {
        if (more && !turnPlanned && (owed.lends() || (runs() && input.length() >= decoder.needed()))) {
            turnPlanned = true;
            var _ = EventLoops.afterReading(context().channel().eventLoop(), plannedTurn);
        }
    }

    private void plannedTurn() {
        turnPlanned = false;
        goOn();
    }

    private void goOn() {
        if (gone || (closing && !owed.lends())) {
            return;
        }
        sample.resumeOrBegin();
        if (owed.lends()) {
            boolean wrote = owed.sendLent();
            endIfClosing();
            planTurn(wrote && (owed.lends() || !input.isEmpty()));
        } else if (!input.isEmpty() && mayRun()) {
            turnOnInput();
        }
        if (!gone) {
            context().flush();
            regulate();
        }
        endSample();
    }

    /** A read begins. */
    void reading() {
        sample.begin();
    }

    private void endSample() {
        sample.end(!gone && (suspended || !owed.isEmpty()));
    }

    private void turnOnInput() {
        if (input.isEmpty()) {
            return;
        }
        int done = 0;
        if (set != null && !set.ready()) {
            set.copySome(input.address());
        } else if (many != null) {
            done = turnOnMany(many);
        } else if (input.length() >= decoder.needed()) {
            done = turn(input.address(), input.length());
        }
        if (input.isEmpty()) {
            return;
        }
        if (done > 0) {
            dropParts();
        }
        input.consume(done);
        if (!input.isEmpty()) {
            planTurn(done > 0 || many != null || set != null);
        }
    }

    /** The next command is to be dealt with part by part, from the input, where its bytes stay. */
    void beginParts() {
        partsAhead = true;
    }

    /** Takes over what was decoded if the bytes are in the input, where they stay. */
    private void takeParts(Batch batch, int index, long start) {
        if (input.isEmpty()) {
            return;
        }
        partsAhead = false;
        long command = start + batch.end(index) - batch.bytes(index);
        if (LargeSet.is(batch, index)) {
            set = LargeSet.begin(door.engine(), batch, index, command);
        } else {
            many = ManyKeys.of(batch, index, command, door.engine().memory());
        }
    }

    /** What is being done, or was, about a large value of the command at the front of the input. */
    @Nullable
    LargeSet set() {
        return set;
    }

    private void dropParts() {
        if (many != null) {
            many.close();
            many = null;
        }
        if (set != null) {
            set.close();
            set = null;
        }
    }

    /** The rest of the reply lies in the store; nothing is executed before it is out. */
    void lend(LentBytes bytes) {
        owed.lend(bytes);
    }

    private int turnOnMany(ManyKeys command) {
        var loop = loop();
        long began = System.nanoTime();
        loop.beginTurn(this);
        boolean complete = command.answer(loop, this, input.address());
        sample.lap(Stage.EXECUTE);
        finishTurn();
        loop.figures().turn(System.nanoTime() - began, complete ? 1 : 0);
        if (!complete) {
            return 0;
        }
        loop.figures().count(command.spec());
        door.stats().commands.increment();
        loop.work().add(1);
        sample.count(1);
        return command.bytes();
    }

    /** Executes what is complete, up to the bounds of a turn; returns how many bytes are done with. */
    private int turn(long base, int length) {
        var loop = loop();
        var batch = loop.batch();
        long began = System.nanoTime();
        loop.beginTurn(this);
        int done = 0;
        int commands = 0;
        String fault = null;
        while (done < length
                && fault == null
                && commands < TURN_COMMANDS
                && done < TURN_BYTES
                && loop.reply().size() < TURN_REPLY_BYTES
                && runs()) {
            batch.clear();
            int decoded = decoder.decode(base + done, length - done, batch, DECODED_AT_ONCE, loop.lines());
            fault = decoder.error();
            sample.lap(Stage.PARSE);
            int executed = loop.run(this, decoded);
            sample.lap(Stage.EXECUTE);
            commands += executed;
            if (executed < batch.size()) {
                decoder.forget();
                if (partsAhead) {
                    takeParts(batch, executed, base + done);
                }
                done += executed == 0 ? 0 : batch.end(executed - 1);
                fault = null;
                break;
            }
            done += decoded;
            if (batch.size() == 0) {
                break;
            }
        }
        if (fault != null && runs()) {
            loop.reply().error("ERR Protocol error: " + fault);
            loop.mark(false);
            closing = true;
            done = length;
        }
        door.stats().commands.add(commands);
        loop.work().add(commands);
        finishTurn();
        slowDown(loop.turnLsn());
        sample.count(commands);
        loop.figures().turn(System.nanoTime() - began, commands);
        return done;
    }

    private void slowDown(long changedUpTo) {
        long millis = changedUpTo > 0 && runs() ? Slowdown.millis(door.engine().memory()) : 0;
        if (millis > 0) {
            door.stats().slowed.increment();
            suspended = true;
            var _ = context().channel().eventLoop().schedule(this::goOnAgain, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void finishTurn() {
        owed.add(loop());
        planTurn(owed.lends());
        endIfClosing();
    }

    private void payOwed() {
        if (gone) {
            return;
        }
        sample.resumeOrBegin();
        boolean wrote = owed.pay(loop());
        endIfClosing();
        if (wrote) {
            goOn();
        }
    }

    private void endIfClosing() {
        if (!closing || !owed.isEmpty()) {
            return;
        }
        regulate();
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Until the keys that the session could not lock are in memory. The commands stay in the input. */
    void suspendUntilWarm(Session session) {
        suspended = true;
        session.warm(this::warmed, door.engine().workers());
    }

    /** Called from any thread. */
    private void warmed(@Nullable StoreException failure) {
        context().channel().eventLoop().execute(() -> {
            coldFailure = failure;
            goOnAgain();
        });
    }

    /** What went wrong with fetching the keys of the next command, once; null if nothing did. */
    @Nullable
    StoreException takeColdFailure() {
        var failure = coldFailure;
        coldFailure = null;
        return failure;
    }

    /** Until a task that may wait has ended on a worker; then the same command runs again. */
    void suspendWhile(Supplier<Outcome> task) {
        suspended = true;
        var engine = door.engine();
        engine.workers().execute(() -> {
            try {
                if (deliver(task.get())) {
                    warmed(null);
                }
            } catch (StoreException e) {
                warmed(e);
            } catch (RuntimeException e) {
                LOG.error("task failed", e);
                warmed(new StoreException(ErrorCode.INTERNAL_INVARIANT, "task failed", e));
            }
        });
    }

    /** Called from any thread; false if the node is closing, so that nobody would take it. */
    private boolean deliver(Outcome result) {
        try {
            context().channel().eventLoop().execute(() -> {
                outcome = result;
                if (gone) {
                    dropOutcome();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("the I/O thread has stopped", e);
            result.close();
            return false;
        }
    }

    /** Of the task that has just ended, once and to be closed by the taker; null if there was none. */
    @Nullable
    Outcome takeOutcome() {
        var taken = outcome;
        outcome = null;
        return taken;
    }

    private void dropOutcome() {
        var dropped = takeOutcome();
        if (dropped != null) {
            dropped.close();
        }
    }

    private void goOnAgain() {
        suspended = false;
        goOn();
    }

    /** @param bytes that the log is to take, about */
    void suspendUntilLogHasRoom(long bytes) {
        suspended = true;
        door.engine()
                .log()
                .whenUncongested(bytes, () -> context().channel().eventLoop().execute(this::goOnAgain));
    }

    /** Ends the connection; called from any thread. */
    void kill() {
        var ctx = context();
        // Not from here: what the context believes to be its thread may be the one before a move.
        ctx.channel().eventLoop().execute(() -> {
            var _ = ctx.close();
        });
    }

    int queuedCommands() {
        return transaction.open() ? transaction.commands() : -1;
    }

    int inputBytes() {
        return input.length();
    }

    int owedBatches() {
        return owed.size();
    }
}
