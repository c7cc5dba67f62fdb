package sherd.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import sherd.server.loki.LokiAnswer;
import sherd.server.loki.LokiApi;
import sherd.server.loki.LokiRequest;
import sherd.server.loki.Push;
import sherd.server.loki.Question;

/** Loki's API on this door: brings requests to {@link LokiApi}, and its answers back in the manner of Loki. */
final class LokiCalls {
    private static final String TENANT = "x-scope-orgid";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final LokiApi api;

    LokiCalls(LokiApi api) {
        this.api = api;
    }

    void addTo(Routes routes) {
        routes.add(HttpMethod.POST, "/loki/api/v1/push", this::push);
        for (var question : Question.values()) {
            routes.add(HttpMethod.GET, question.path(), exchange -> ask(question, exchange));
            if (takesForms(question)) {
                routes.add(HttpMethod.POST, question.path(), exchange -> askByForm(question, exchange));
            }
        }
    }

    private static boolean takesForms(Question question) {
        return switch (question) {
            case QUERY, QUERY_RANGE, LABELS, SERIES, STATS, VOLUME, DETECTED_LABELS, DETECTED_FIELDS -> true;
            case LABEL_VALUES, BUILD_INFO -> false;
        };
    }

    private Body push(Exchange exchange) {
        var head = exchange.head();
        var tenant = head.header(TENANT);
        var type = head.header(HttpHeaderNames.CONTENT_TYPE);
        var coding = head.header(HttpHeaderNames.CONTENT_ENCODING);
        return DocumentBody.document(exchange, "push request", api.limits().pushBytes(), document -> {
            var push = new Push(tenant, type, coding, new Push.Body(document));
            exchange.engine().workers().execute(() -> append(exchange, push));
        });
    }

    private void append(Exchange exchange, Push push) {
        var log = exchange.engine().log();
        if (log.congested()) {
            log.whenUncongested(() -> exchange.engine().workers().execute(() -> append(exchange, push)));
            return;
        }
        try {
            exchange.replyWhenKept(api.push(push), Response.empty(204));
        } catch (RuntimeException | OutOfMemoryError e) {
            exchange.reply(response(LokiApi.refused(e)));
        }
    }

    private Body ask(Question question, Exchange exchange) {
        return Body.ignored(() -> ask(question, exchange, exchange.queryString()));
    }

    private Body askByForm(Question question, Exchange exchange) {
        var given = exchange.head().header(HttpHeaderNames.CONTENT_TYPE);
        if (given != null && !given.toLowerCase(Locale.ROOT).startsWith(FORM)) {
            return Body.ignored(() -> exchange.reply(response(
                    new LokiAnswer.Refused(415, "cannot read this body: content-type='" + given + "'; send " + FORM))));
        }
        return DocumentBody.document(exchange, "form", exchange.limits().documentBytes(), document -> {
            var form = new String(document, StandardCharsets.UTF_8);
            ask(question, exchange, exchange.queryString() + "&" + form.strip());
        });
    }

    private void ask(Question question, Exchange exchange, String query) {
        var name = question.path().contains("{name}") ? RequestTarget.text(exchange.capture("name")) : "";
        var request = new LokiRequest(exchange.head().header(TENANT), query, name, exchange.reader());
        api.ask(question, request, answer -> answered(exchange, answer));
    }

    private static void answered(Exchange exchange, LokiAnswer answer) {
        try {
            exchange.reply(response(answer));
        } catch (RuntimeException | OutOfMemoryError e) {
            exchange.fail(e);
        }
    }

    private static Response response(LokiAnswer answer) {
        return switch (answer) {
            case LokiAnswer.Json(var document) -> Response.json(200, document);
            case LokiAnswer.Refused(int status, var text) -> Response.text(status, TEXT, text + "\n");
        };
    }
}
