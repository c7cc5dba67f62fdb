package sherd.server.net;

import io.netty.util.concurrent.FastThreadLocal;

/** What the I/O thread has done in the present round of events. One a thread, and only for that thread. */
public final class LoopWork {
    private static final FastThreadLocal<LoopWork> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected LoopWork initialValue() {
            return new LoopWork();
        }
    };

    private int requests;

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
}
