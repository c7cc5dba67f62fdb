package sherd.server.http;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.route.Session;
import sherd.server.observe.Stage;

/** Runs a request's work on rows under their locks, again after cold rows were fetched, and replies once it is kept. */
final class UnitOfWork {
    /** A row that is archived again as fast as it is fetched must not keep a request for ever. */
    private static final int MOST_TRIES = 16;

    private final Exchange exchange;
    private final Session session;
    private final Executor thread;
    private final Consumer<Session> keys;
    private final Function<Session, Response> work;
    private final Runnable done;
    private final boolean onLoop;
    private int tries;

    private UnitOfWork(
            Exchange exchange,
            Session session,
            Executor thread,
            Consumer<Session> keys,
            Function<Session, Response> work,
            Runnable done) {
        this.exchange = exchange;
        this.session = session;
        this.thread = thread;
        this.keys = keys;
        this.work = work;
        this.done = done;
        this.onLoop = thread.equals(exchange.loop().loop());
    }

    /**
     * On the connection's loop.
     *
     * @param keys names every key that the work looks at
     * @param work looks and changes, and says what to reply once the changes are kept
     * @param done runs when neither will be called again
     */
    static void run(Exchange exchange, Consumer<Session> keys, Function<Session, Response> work, Runnable done) {
        var loop = exchange.loop();
        new UnitOfWork(exchange, loop.session(), loop.loop(), keys, work, done).attempt();
    }

    static void run(Exchange exchange, Consumer<Session> keys, Function<Session, Response> work) {
        run(exchange, keys, work, () -> {});
    }

    /** On a worker's thread, which waits for what must be fetched: for work that would hold a loop up. */
    static void runAndWait(Exchange exchange, Consumer<Session> keys, Function<Session, Response> work, Runnable done) {
        try (var session = exchange.engine().session()) {
            new UnitOfWork(exchange, session, Runnable::run, keys, work, done).attempt();
        }
    }

    private void attempt() {
        lap(Stage.PARSE);
        try {
            session.begin();
            session.readBy(exchange.reader());
            keys.accept(session);
            lap(Stage.ROUTE);
            boolean locked = session.lock();
            lap(Stage.LOCK_WAIT);
            if (!locked) {
                fetch();
                return;
            }
            finish();
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
        done.run();
    }

    private void fetch() {
        if (++tries > MOST_TRIES) {
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY,
                    "no memory to bring the archived rows back: tries=" + tries + "; raise memory-limit");
        }
        session.warm(
                failure -> thread.execute(() -> fetched(failure)),
                onLoop ? exchange.engine().workers() : thread);
    }

    private void fetched(@Nullable StoreException failure) {
        if (onLoop) {
            exchange.resumed();
        }
        if (failure == null) {
            attempt();
        } else {
            exchange.fail(failure);
            done.run();
        }
        if (onLoop) {
            exchange.paused();
        }
    }

    /** A worker's time is none of the loop's. */
    private void lap(Stage stage) {
        if (onLoop) {
            exchange.loop().stages().lap(stage);
        }
    }

    private void finish() {
        Response response;
        try {
            response = work.apply(session);
        } catch (RuntimeException e) {
            session.commit(); // what was changed before the failure stays, so it must be logged
            exchange.fail(e);
            return;
        }
        lap(Stage.EXECUTE);
        long lsn;
        try {
            lsn = session.commit();
            if (lsn != 0) {
                lap(Stage.LOG);
            }
        } catch (RuntimeException e) {
            response.release();
            throw e;
        }
        exchange.replyWhenKept(lsn, response);
    }
}
