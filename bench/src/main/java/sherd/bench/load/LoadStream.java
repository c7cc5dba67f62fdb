package sherd.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sherd.bench.frame.BenchException;

/**
 * A load while it runs, all on one thread. Closed: each connection sends its next batch when the last is answered.
 * Open: batches are due at even intervals, whether or not earlier ones are answered, and go round the connections.
 */
final class LoadStream {
    private static final long LEAST_PERIOD_NANOS = 20_000;
    private static final long MOST_PERIOD_NANOS = 1_000_000;
    private static final int MOST_BATCHES_ON_THEIR_WAY = 1 << 20;
    private static final long DRAIN_SECONDS = 30;

    private final EventLoop loop;
    private final Load load;
    private Measured measured = new Measured(0, 0); // of no time, until it begins
    private final CompletableFuture<Measured> end = new CompletableFuture<>();
    private final List<LoadConnection> connections = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();
    private @Nullable Future<?> ticks;
    private long intervalNanos;
    private long nextDue;
    private long batchesLeft = Long.MAX_VALUE;
    private int turn;
    private int onTheirWay;
    private boolean draining;

    LoadStream(EventLoop loop, Load load) {
        this.loop = loop;
        this.load = load;
    }

    /** Before it starts, and once all connections are open: the time that opening takes is not measured. */
    void begin(long warmUpNanos, long nanos) {
        long from = System.nanoTime() + warmUpNanos;
        measured = new Measured(from, from + nanos);
    }

    LoadConnection connection() {
        var connection = new LoadConnection(this, load.pipeline());
        connections.add(connection);
        return connection;
    }

    void opened(Channel channel) {
        channels.add(channel);
    }

    CompletableFuture<Measured> end() {
        return end;
    }

    Measured measured() {
        return measured;
    }

    boolean append(ByteBuf out) {
        return load.commands().append(out);
    }

    void startClosed() {
        connections.forEach(connection -> send(connection, System.nanoTime()));
    }

    /** Closed, until so many batches were sent. */
    void startCounted(long batches) {
        batchesLeft = batches;
        for (var connection : connections) {
            if (batchesLeft > 0) {
                send(connection, System.nanoTime());
            }
        }
    }

    void startOpen(double commandsPerSecond) {
        intervalNanos = Math.max(1, Math.round(load.pipeline() * 1e9 / commandsPerSecond));
        nextDue = System.nanoTime();
        long period = Math.clamp(intervalNanos, LEAST_PERIOD_NANOS, MOST_PERIOD_NANOS);
        ticks = loop.scheduleAtFixedRate(this::sendDue, 0, period, TimeUnit.NANOSECONDS);
    }

    private void sendDue() {
        long now = System.nanoTime();
        while (nextDue - now <= 0 && !draining) {
            if (measured.isOver(nextDue)) {
                drain();
            } else if (onTheirWay >= MOST_BATCHES_ON_THEIR_WAY) {
                failed(new BenchException("the server does not keep up with the rate; lower it"));
            } else {
                send(connections.get(turn), nextDue);
                turn = (turn + 1) % connections.size();
                nextDue += intervalNanos;
            }
        }
    }

    private void send(LoadConnection connection, long due) {
        measured.sent(due, System.nanoTime());
        onTheirWay++;
        batchesLeft--;
        connection.send(due);
    }

    void completed(LoadConnection connection) {
        onTheirWay--;
        boolean isClosed = ticks == null;
        if (isClosed && !draining) {
            long now = System.nanoTime();
            if (batchesLeft > 0 && !measured.isOver(now)) {
                send(connection, now);
            } else if (batchesLeft > 0 || onTheirWay == 0) {
                measured.endedAt(now);
                drain();
            }
        }
        if (draining && onTheirWay == 0) {
            finish();
        }
    }

    /** Nothing more is sent; what is on its way counts, however long it takes. */
    private void drain() {
        draining = true;
        stopTicks();
        if (onTheirWay == 0) {
            finish();
        }
        var _ = loop.schedule(
                () -> failed(new BenchException("replies are missing " + DRAIN_SECONDS + " s after the end")),
                DRAIN_SECONDS,
                TimeUnit.SECONDS);
    }

    void failed(Throwable cause) {
        if (!end.isDone()) {
            draining = true;
            stopTicks();
            end.completeExceptionally(cause);
            closeAll();
        }
    }

    private void finish() {
        if (end.complete(measured)) {
            closeAll();
        }
    }

    private void closeAll() {
        for (var channel : channels) {
            var _ = channel.close();
        }
    }

    private void stopTicks() {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }
}
