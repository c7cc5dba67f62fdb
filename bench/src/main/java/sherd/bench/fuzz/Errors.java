package sherd.bench.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The first error that anything wrote to the node's log since it was last asked; nothing is printed meanwhile. */
final class Errors implements AutoCloseable {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final AtomicReference<@Nullable ILoggingEvent> first = new AtomicReference<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                first.compareAndSet(null, event);
            }
        }
    };

    Errors() {
        root.detachAndStopAllAppenders();
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
    }

    /** Throws what was logged, if anything was. */
    void check() {
        var event = first.getAndSet(null);
        if (event == null) {
            return;
        }
        var cause = event.getThrowableProxy() instanceof ThrowableProxy proxy ? proxy.getThrowable() : null;
        var error = new AssertionError("logged: " + event.getFormattedMessage(), cause);
        if (cause != null) {
            error.setStackTrace(cause.getStackTrace());
        }
        throw error;
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        appender.stop();
    }
}
