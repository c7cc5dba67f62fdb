package sherd.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.TableName;
import tools.jackson.core.JacksonException;

/** One request and its one response. Lives on its connection's loop; {@link #reply} and {@link #fail} may come from any thread. */
final class Exchange {
    private static final Logger LOG = System.getLogger("sherd.server.http");

    private final ReplyPath replyPath;
    private final RequestHead head;
    private RequestTarget target;
    private List<String> captures = List.of();
    private String pattern = "none";
    private int operations = 1;

    Exchange(ReplyPath replyPath, RequestHead head) {
        this.replyPath = replyPath;
        this.head = head;
        this.target = new RequestTarget("/", List.of(), "", Map.of());
    }

    /** Finds what answers this request. */
    Routes.Call resolve(Routes routes) {
        target = RequestTarget.parse(head.target());
        var match = routes.find(head.method(), target);
        captures = match.segments();
        pattern = match.pattern();
        return match.call();
    }

    RequestHead head() {
        return head;
    }

    Engine engine() {
        return replyPath.door().engine();
    }

    HttpLimits limits() {
        return replyPath.door().limits();
    }

    MemoryBudget budget() {
        return replyPath.door().budget();
    }

    Sends sends() {
        return replyPath.door().counters().sends();
    }

    long now() {
        return replyPath.door().clock().epochMillis();
    }

    int reader() {
        return replyPath.reader();
    }

    LoopState loop() {
        return replyPath.loop();
    }

    HttpMethod method() {
        return head.method();
    }

    /** HTTP's own rule, whatever its version. */
    boolean answersWithoutBody(Response response) {
        return method().equals(HttpMethod.HEAD) || response.status() == 304;
    }

    String pattern() {
        return pattern;
    }

    /** The path, for {@code instance} in problems. */
    String path() {
        return target.path();
    }

    Map<String, String> parameters() {
        return target.parameters();
    }

    /** The parameters as they were sent, behind the question mark. */
    String queryString() {
        return target.query();
    }

    /** A part of the path as it was sent. */
    String capture(String name) {
        for (int i = 0; i < captures.size(); i++) {
            var segment = captures.get(i);
            if (segment.length() == name.length() + 2 && segment.startsWith("{") && segment.startsWith(name, 1)) {
                return target.segments().get(i);
            }
        }
        throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "no such part of the path: " + pattern + " " + name);
    }

    TableName tableName() {
        return loop().tableName(RequestTarget.text(capture("db")), RequestTarget.text(capture("table")));
    }

    ShardedTable table() {
        return engine().requireTable(tableName());
    }

    /** Refuses parameters that mean nothing here, because a misspelt one would go unnoticed. */
    void requireParameters(List<String> known) {
        for (var name : target.parameters().keySet()) {
            if (!known.contains(name)) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT,
                        "unknown parameter: parameter='" + name + "'; known here are " + String.join(", ", known));
            }
        }
    }

    /** The body's media type, one of those given. */
    String requireType(List<String> accepted) {
        var coding = head.header(HttpHeaderNames.CONTENT_ENCODING);
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            throw new RefusedException(unsupported("content-encoding='" + coding + "'; send the body as it is"));
        }
        var given = head.header(HttpHeaderNames.CONTENT_TYPE);
        var parts = (given == null ? "" : given).split(";", -1);
        var type = parts[0].strip().toLowerCase(Locale.ROOT);
        for (int i = 1; i < parts.length; i++) {
            var parameter = parts[i].strip().toLowerCase(Locale.ROOT).replace("\"", "");
            if (parameter.startsWith("charset=")
                    && !parameter.equals("charset=utf-8")
                    && !parameter.equals("charset=us-ascii")) {
                throw new RefusedException(unsupported(parameter + "; send UTF-8"));
            }
        }
        if (!accepted.contains(type)) {
            throw new RefusedException(unsupported(
                    "content-type='" + (given == null ? "" : given) + "'; send " + String.join(" or ", accepted)));
        }
        return type;
    }

    private static Problem unsupported(String what) {
        return Problem.of(415, "UNSUPPORTED_MEDIA_TYPE", "cannot read this body: " + what);
    }

    /** Refuses a body whose announced length is beyond the limit before any of it is taken. */
    void requireLength(String what, long limit) {
        if (head.contentLength() > limit) {
            throw Problem.tooLarge(what, limit);
        }
    }

    /** Whether the client named this type in {@code Accept}. */
    boolean accepts(String type) {
        var accepted = head.header(HttpHeaderNames.ACCEPT);
        return accepted != null && accepted.toLowerCase(Locale.ROOT).contains(type);
    }

    /** Whether it is known that nobody waits for the response any more. */
    boolean abandoned() {
        return replyPath.abandoned();
    }

    /** How many operations the request is; a batch of the gateway is as many as it holds. */
    int operations() {
        return operations;
    }

    void operations(int count) {
        operations = count;
    }

    /** What the request waited for has come; on the loop. */
    void resumed() {
        replyPath.resumed();
    }

    /** What can be done for the request now has been. */
    void paused() {
        replyPath.paused();
    }

    void reply(Response response) {
        var loop = loop().loop();
        if (loop.inEventLoop()) {
            replyPath.reply(this, response);
            return;
        }
        try {
            loop.execute(() -> replyPath.reply(this, response));
        } catch (RejectedExecutionException _) {
            response.release(); // the node is being closed
        }
    }

    /** Replies when the write up to {@code lsn} may be acknowledged; 0 when nothing was written. */
    void replyWhenKept(long lsn, Response response) {
        if (lsn == 0) {
            reply(response);
            return;
        }
        engine().log().whenAcknowledged(lsn, inDoubt -> {
            if (inDoubt) {
                response.release();
                reply(Response.of(inDoubt(engine().log().failure()), path()));
            } else {
                reply(response);
            }
        });
    }

    private static Problem inDoubt(@Nullable StoreException why) {
        return Problem.of(
                ErrorCode.IN_DOUBT,
                "the commit log failed while this was being written, so it may or may not be kept; read it back"
                        + (why == null ? "" : "; " + why.getMessage()));
    }

    void fail(Throwable failure) {
        reply(Response.of(problemOf(failure), path()));
    }

    /** Off the loop: does what may wait and replies with what it gives. */
    void replyFromWorker(Supplier<Response> work) {
        engine().workers().execute(() -> {
            try {
                reply(work.get());
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    private Problem problemOf(Throwable failure) {
        return switch (failure) {
            case RefusedException refused -> refused.problem();
            case StoreException store -> {
                if (store.code().category() == ErrorCode.Category.INTERNAL) {
                    LOG.log(Level.ERROR, "a request failed: method=" + method() + " path=" + path(), store);
                }
                yield Problem.of(store);
            }
            case JacksonException json -> JsonIn.problemOf(json);
            case OutOfMemoryError memory ->
                Problem.of(
                        ErrorCode.OUT_OF_MEMORY,
                        "no memory for this request: " + memory.getMessage() + "; try again later, or ask for less");
            default -> {
                LOG.log(Level.ERROR, "a request failed: method=" + method() + " path=" + path(), failure);
                yield Problem.of(
                        ErrorCode.INTERNAL_INVARIANT,
                        "this is a bug in sherd: " + failure.getClass().getSimpleName() + "; the log says more");
            }
        };
    }
}
