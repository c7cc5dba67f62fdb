package sherd.server.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets requests gather before it asks for more, where more are about to come, and sends what gathered of replies.
 *
 * <p>A loop that sleeps is woken by the next request: its sender pays for the waking, and the loop a system call and a
 * switch, for one request. So after a round of many requests the loop first gives way to other threads of its processor;
 * and where {@link GatherRule} says so, a loop that has nothing to do pauses for a moment in which nobody has to wake it.
 * Network cards hold back interrupts in the same way.
 */
final class GatheringIoHandler implements IoHandler {
    /** Yielding costs a system call, so a round of few requests is not worth it. */
    private static final int WORTH_IT = 16;

    private static final long WINDOW_NANOS = 1_000_000;

    private static final IoHandlerContext AT_ONCE = new IoHandlerContext() {
        @Override
        public boolean canBlock() {
            return false;
        }

        @Override
        public long delayNanos(long now) {
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return -1;
        }
    };

    private final IoHandler handler;
    private final GatherRule rule = new GatherRule();
    private boolean precise;
    private long windowBegan;
    private int requests;

    private GatheringIoHandler(IoHandler handler) {
        this.handler = handler;
    }

    static IoHandlerFactory of(IoHandlerFactory handlers) {
        return executor -> new GatheringIoHandler(handlers.newHandler(executor));
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // for speed alone
    public int run(IoHandlerContext context) {
        var flushes = GatheredFlushes.ofThisThread();
        flushes.flush(); // of tasks that have run since
        int handled = precise && rule.pauses() && context.canBlock() ? gather(context) : handler.run(context);
        flushes.flush();
        var work = LoopWork.ofThisThread();
        int now = work.take();
        requests += now;
        endWindow(work);
        if (now >= WORTH_IT) {
            Thread.yield();
        }
        return handled;
    }

    private int gather(IoHandlerContext context) {
        int handled = handler.run(AT_ONCE);
        if (handled > 0) {
            return handled;
        }
        LockSupport.parkNanos(GatherRule.PAUSE_NANOS);
        return handler.run(context);
    }

    private void endWindow(LoopWork work) {
        long now = System.nanoTime();
        long nanos = now - windowBegan;
        if (nanos >= WINDOW_NANOS) {
            rule.window(nanos, work.reads(), work.senders(), requests);
            work.nextWindow();
            requests = 0;
            windowBegan = now;
        }
    }

    @Override
    public void initialize() {
        handler.initialize();
        precise = PreciseSleep.begin();
        GatheredFlushes.ofThisThread().begin();
    }

    @Override
    public void prepareToDestroy() {
        GatheredFlushes.ofThisThread().end();
        handler.prepareToDestroy();
    }

    @Override
    public void destroy() {
        handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        return handler.register(handle);
    }

    @Override
    public void wakeup() {
        handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> type) {
        return handler.isCompatible(type);
    }
}
