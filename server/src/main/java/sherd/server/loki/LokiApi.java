package sherd.server.loki;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sherd.engine.Engine;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.time.Clock;
import sherd.server.loki.logql.LogQlException;

/**
 * Loki's API. Queries have threads of their own, few and with a bounded line before them: they may take long, and must not
 * hold up what the engine's workers do.
 */
public final class LokiApi implements AutoCloseable {
    private static final Logger LOG = System.getLogger("sherd.server.loki");

    private final Engine engine;
    private final Clock clock;
    private final LokiLimits limits;
    private final LokiTables tables;
    private final Scans scans;
    private final Questions questions;
    private final Federation federation;
    private final ThreadPoolExecutor threads;

    public LokiApi(Engine engine, Clock clock, LokiLimits limits, Peers peers, ThreadFactory factory) {
        this.engine = engine;
        this.clock = clock;
        this.limits = limits;
        tables = new LokiTables(engine);
        scans = new Scans(engine);
        questions = new Questions(scans, tables, clock, limits);
        threads = new ThreadPoolExecutor(
                limits.threads(),
                limits.threads(),
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(limits.waiting()),
                factory);
        threads.allowCoreThreadTimeOut(true);
        federation = new Federation(peers, threads, limits);
    }

    public LokiLimits limits() {
        return limits;
    }

    /**
     * Appends what was pushed, all or nothing; returns the LSN whose acknowledgement to await, 0 when there was nothing.
     * Blocks.
     */
    public long push(Push push) {
        var table = tables.open(push.tenant());
        try (var rows = engine.newBatch(table)) {
            push.into(new PushBatch(rows, limits), limits);
            return rows.rows() == 0 ? 0 : engine.append(table, rows);
        }
    }

    /** Answers on another thread. */
    public void ask(Question question, LokiRequest request, Consumer<LokiAnswer> reply) {
        try {
            threads.execute(() -> answer(question, request, reply));
        } catch (RejectedExecutionException e) {
            reply.accept(new LokiAnswer.Refused(429, "too many outstanding requests; try again later"));
        }
    }

    private void answer(Question question, LokiRequest request, Consumer<LokiAnswer> reply) {
        try {
            var given = questions.parameters(question, request);
            var clusters = given.clusters();
            if (clusters == null || !question.federated()) {
                reply.accept(write(questions.answer(question, request, given, clock), List.of()));
                return;
            }
            questions.check(question, given);
            federation.ask(
                    clusters,
                    question,
                    request,
                    given,
                    () -> questions.answer(question, request, given, clock),
                    (answer, warnings) -> reply.accept(write(answer, warnings)),
                    failure -> reply.accept(refused(failure)));
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            reply.accept(refused(e));
        }
    }

    private static LokiAnswer write(Found found, List<String> warnings) {
        return switch (found) {
            case Found.Query(var result, var figures) -> ResultJson.answer(result, figures, warnings);
            case Found.Texts(var texts) -> ResultJson.list(texts, warnings);
            case Found.Series(var series) -> ResultJson.list(series, warnings);
            case Found.Document(var document) -> new LokiAnswer.Json(document);
        };
    }

    /** What a failure says to the client. */
    public static LokiAnswer.Refused refused(Throwable failure) {
        return switch (failure) {
            case LokiException loki -> new LokiAnswer.Refused(loki.status(), text(loki));
            case LogQlException logQl -> new LokiAnswer.Refused(400, text(logQl));
            case StoreException store -> new LokiAnswer.Refused(status(store.code()), text(store));
            case OutOfMemoryError memory ->
                new LokiAnswer.Refused(503, "no memory for this request: " + memory.getMessage() + "; ask for less");
            default -> {
                LOG.log(Level.ERROR, "a request to the loki api failed", failure);
                yield new LokiAnswer.Refused(
                        500, "this is a bug in sherd: " + failure.getClass().getSimpleName() + "; the log says more");
            }
        };
    }

    private static String text(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    private static int status(ErrorCode code) {
        return switch (code.category()) {
            case CALLER -> code == ErrorCode.TOO_LARGE ? 413 : 400;
            case RESOURCE -> code == ErrorCode.DEADLINE_EXCEEDED ? 504 : 503;
            case CORRUPTION, INTERNAL -> 500;
        };
    }

    @Override
    public void close() {
        federation.close();
        scans.close();
        threads.shutdown();
        threads.getQueue().clear();
        try {
            if (!threads.awaitTermination(limits.deadlineMillis() + 5_000, TimeUnit.MILLISECONDS)) {
                LOG.log(Level.WARNING, "a query did not end; its thread is left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
