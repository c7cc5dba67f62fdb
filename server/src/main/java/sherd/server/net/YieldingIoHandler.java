package sherd.server.net;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;

/**
 * Lets other threads of its processor run after a round of many requests, before it asks for more.
 *
 * <p>A loop that is woken for every read pays a system call and a switch for each; one that first gives way to the
 * threads that are about to send more finds several at once. Yielding costs a system call, so a round of few requests is
 * not worth it.
 */
final class YieldingIoHandler implements IoHandler {
    private static final int WORTH_IT = 16;

    private final IoHandler handler;

    private YieldingIoHandler(IoHandler handler) {
        this.handler = handler;
    }

    static IoHandlerFactory of(IoHandlerFactory handlers) {
        return executor -> new YieldingIoHandler(handlers.newHandler(executor));
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // for speed alone
    public int run(IoHandlerContext context) {
        int handled = handler.run(context);
        if (LoopWork.ofThisThread().take() >= WORTH_IT) {
            Thread.yield();
        }
        return handled;
    }

    @Override
    public void initialize() {
        handler.initialize();
    }

    @Override
    public void prepareToDestroy() {
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
