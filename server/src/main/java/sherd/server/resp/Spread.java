package sherd.server.resp;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sherd.server.net.EventLoops;
import sherd.server.net.LoopCount;
import sherd.server.net.LoopLoad;
import sherd.server.net.SchedulerTurn;

/**
 * Keeps the connections on as few loops as carry them ({@link LoopCount}): new ones begin there, and those that have
 * nothing under way are moved from loop to loop while they live.
 *
 * <p>A connection that moves is first kept from being read, then leaves its loop, then joins the other, where it is told
 * and read again: at no time do two threads have it.
 */
@SuppressWarnings("ReferenceEquality") // a loop is itself
final class Spread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spread.class);

    private static final long ROUND_MILLIS = 100;
    private static final long SETTLE_MILLIS = 2;
    private static final long LAST_MOVES_MILLIS = 5_000;

    private final RespDoor door;
    private final LoopLoad load;
    private final LoopCount count;
    private final AtomicInteger moving = new AtomicInteger();
    private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("sherd-spread").factory());
    private final AtomicInteger placed = new AtomicInteger();
    private volatile int active = 1;

    Spread(RespDoor door, LoopLoad load) {
        this.door = door;
        this.load = load;
        this.count = new LoopCount(load.loops().size());
    }

    void start() {
        rounds.execute(SchedulerTurn::givesWay);
        var _ = rounds.scheduleWithFixedDelay(this::round, ROUND_MILLIS, ROUND_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            spread(count.next(load.shares(), load.room()));
        } catch (RuntimeException e) {
            LOG.error("connections cannot be spread, they stay where they are", e);
        }
    }

    /** How many loops have connections. */
    int active() {
        return active;
    }

    /** Where the next connection begins: they take turns. */
    EventLoop place() {
        return load.loops().get(Integer.remainderUnsigned(placed.getAndIncrement(), active));
    }

    /** Moves as few connections as need be for them to be on the first {@code loops} loops, evenly. */
    void spread(int loops) {
        active = loops;
        var all = load.loops();
        var counts = new int[all.size()];
        int total = 0;
        for (var connection : door.connections()) {
            counts[all.indexOf(connection.channel().eventLoop())]++;
            total++;
        }
        int most = Math.ceilDiv(total, loops);
        for (var connection : door.connections()) {
            var channel = connection.channel();
            int from = all.indexOf(channel.eventLoop());
            if (from >= loops || counts[from] > most) {
                int to = fewest(counts, loops);
                counts[from]--;
                counts[to]++;
                move(connection, channel, all.get(to));
            }
        }
    }

    private static int fewest(int[] counts, int loops) {
        int fewest = 0;
        for (int i = 1; i < loops; i++) {
            if (counts[i] < counts[fewest]) {
                fewest = i;
            }
        }
        return fewest;
    }

    private void move(Connection connection, Channel channel, EventLoop target) {
        var from = channel.eventLoop();
        moving.incrementAndGet();
        from.execute(() -> {
            if (channel.eventLoop() != from || !connection.leave()) {
                moving.decrementAndGet();
                return;
            }
            if (EventLoops.readsAhead(channel)) {
                var _ = from.schedule(
                        () -> goOrStay(connection, channel, target), SETTLE_MILLIS, TimeUnit.MILLISECONDS);
            } else {
                go(channel, target);
            }
        });
    }

    /** What the kernel had read before it was told to stop has come by now, and was this loop's. */
    private void goOrStay(Connection connection, Channel channel, EventLoop target) {
        if (connection.left()) {
            go(channel, target);
        } else {
            moving.decrementAndGet();
        }
    }

    private void go(Channel channel, EventLoop target) {
        channel.deregister()
                .addListener(_ -> target.register(channel).addListener(joined -> {
                    moving.decrementAndGet();
                    if (!joined.isSuccess()) {
                        var _ = channel.close();
                    }
                }));
    }

    /** Returns when no connection is between two loops. */
    @Override
    public void close() {
        rounds.shutdown();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_MOVES_MILLIS);
        while ((!rounds.isTerminated() || moving.get() > 0) && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        load.close();
    }
}
