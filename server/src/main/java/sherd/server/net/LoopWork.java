package sherd.server.net;

import io.netty.util.concurrent.FastThreadLocal;

/** What the I/O thread has done of late. One a thread, and only for that thread. */
public final class LoopWork {
    private static final FastThreadLocal<LoopWork> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected LoopWork initialValue() {
            return new LoopWork();
        }
    };

    private int requests;
    private int reads;
    private int senders;
    private int window = 1;

    private LoopWork() {}

    public static LoopWork ofThisThread() {
        return OF_THREAD.get();
    }

    public void add(int count) {
        requests += count;
    }

    /** Requests since the last time this was asked. */
    int take() {
        int taken = requests;
        requests = 0;
        return taken;
    }

    /**
     * A connection is read.
     *
     * @param last what this returned for the connection before; 0 the first time
     */
    int read(int last) {
        reads++;
        senders += last == window ? 0 : 1;
        return window;
    }

    /** In this window. */
    int reads() {
        return reads;
    }

    /** Connections that were read in this window. */
    int senders() {
        return senders;
    }

    void nextWindow() {
        reads = 0;
        senders = 0;
        window++;
    }
}
