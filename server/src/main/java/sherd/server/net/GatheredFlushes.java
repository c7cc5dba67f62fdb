package sherd.server.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;

/**
 * Connections that have something to send, which is sent for a few of them in a row. One a thread, and only for that
 * thread.
 *
 * <p>Whoever waits for a reply on the same machine sleeps, and is woken by the first that is sent: the sender pays for the
 * waking more than for the sending. One at a time, replies wake a client that serves many connections again and again;
 * what follows at once finds it awake. So what there is to send waits for that of the next few connections that are ready
 * in the same round of the loop, and for nothing else.
 */
public final class GatheredFlushes {
    /** So few that the client has something to do while the loop goes on. */
    static final int MOST = 8;

    private static final FastThreadLocal<GatheredFlushes> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected GatheredFlushes initialValue() {
            return new GatheredFlushes();
        }
    };

    private final ArrayDeque<ChannelHandlerContext> waiting = new ArrayDeque<>(MOST);
    private int most = 1;

    private GatheredFlushes() {}

    public static GatheredFlushes ofThisThread() {
        return OF_THREAD.get();
    }

    /** From now on {@link #flush} is called before the thread may sleep; until then nothing waits. */
    public void begin() {
        most = MOST;
    }

    /** From now on nothing waits. */
    public void end() {
        most = 1;
        flush();
    }

    /** What was written to this connection is sent soon. */
    public void add(ChannelHandlerContext context) {
        waiting.add(context);
        if (waiting.size() >= most) {
            flush();
        }
    }

    /** Sends all, as before something that may take long. */
    public void flush() {
        for (var context = waiting.poll(); context != null; context = waiting.poll()) {
            context.flush();
        }
    }
}
