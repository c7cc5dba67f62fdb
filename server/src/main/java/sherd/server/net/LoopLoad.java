package sherd.server.net;

import io.netty.channel.EventLoop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import sherd.engine.disk.ProcessorRoom;

/**
 * How much of a processor each loop has used since the last time this was asked, and how much the machine had left. One
 * caller at a time.
 */
public final class LoopLoad implements AutoCloseable {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ProcessorRoom room = new ProcessorRoom(ProcessorRoom.PROC_STAT);
    private final List<EventLoop> loops;
    private final long[] ids;
    private final long[] used;
    private long asked;

    /** Asks each loop for its thread, and waits for the answer: not on a loop. */
    public LoopLoad(List<EventLoop> loops) {
        this.loops = List.copyOf(loops);
        ids = new long[loops.size()];
        used = new long[loops.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = loops.get(i)
                    .submit(() -> Thread.currentThread().threadId())
                    .syncUninterruptibly()
                    .getNow();
        }
        shares();
        room();
    }

    public List<EventLoop> loops() {
        return loops;
    }

    /** 1 is a whole processor. */
    public double[] shares() {
        long now = System.nanoTime();
        var shares = new double[ids.length];
        for (int i = 0; i < ids.length; i++) {
            long total = threads.getThreadCpuTime(ids[i]);
            shares[i] = (total - used[i]) / (double) Math.max(1, now - asked);
            used[i] = total;
        }
        asked = now;
        return shares;
    }

    /** In processors; see {@link ProcessorRoom}. */
    public double room() {
        return room.room(System.nanoTime());
    }

    @Override
    public void close() {
        room.close();
    }
}
