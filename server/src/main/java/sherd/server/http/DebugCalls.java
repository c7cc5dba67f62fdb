package sherd.server.http;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import sherd.engine.error.ErrorCode;
import sherd.server.observe.FlameGraph;
import sherd.server.observe.Profiler;
import sherd.server.observe.Stage;
import sherd.server.observe.StageFigures;
import sherd.server.observe.Stages;
import tools.jackson.core.JsonGenerator;

/** Where a node's time goes, for those who look for it. */
final class DebugCalls {
    private static final String SECONDS = "seconds";
    private static final String DOOR = "door";
    private static final String ALL = "all";
    private static final String LONGEST = "60";
    private static final String USUAL = "10";
    private static final String HTML = "text/html; charset=utf-8";
    /** Nothing is loaded and nothing sent: the page's own script and style are all there is. */
    private static final String POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'";

    private static final double NANOS_A_MICRO = 1_000;

    private final Stages stages;
    private final Profiler profiler;

    DebugCalls(Stages stages, Profiler profiler) {
        this.stages = stages;
        this.profiler = profiler;
    }

    /** Stages of sampled batches: since the start, or of the next seconds. */
    Body attribution(Exchange exchange) {
        exchange.requireParameters(List.of(SECONDS, DOOR));
        var door = door(exchange);
        if (!exchange.parameters().containsKey(SECONDS)) {
            return Body.ignored(() -> exchange.replyFromWorker(() -> response(figures(door))));
        }
        int seconds = seconds(exchange, USUAL);
        return Body.ignored(() -> {
            stages.start();
            var before = figures(door);
            replyLater(exchange, seconds, () -> {
                stages.stop();
                return response(figures(door).since(before));
            });
        });
    }

    private static String door(Exchange exchange) {
        var door = exchange.parameters().getOrDefault(DOOR, ALL);
        if (!List.of("resp", "http", ALL).contains(door)) {
            throw Problem.refuse(
                    ErrorCode.INVALID_ARGUMENT,
                    "no such door: door='" + door + "'; ask for resp, http or all, or leave it out for all");
        }
        return door;
    }

    private StageFigures figures(String door) {
        return door.equals(ALL) ? stages.figures() : stages.figures(door);
    }

    /** A flame graph of the next seconds. */
    Body profile(Exchange exchange) {
        exchange.requireParameters(List.of(SECONDS));
        int seconds = seconds(exchange, USUAL);
        return Body.ignored(() -> {
            var run = profiler.begin();
            if (run == null) {
                throw Problem.refuse(
                        409, "CONFLICT", "another profile is being taken; there can be one at a time, try again later");
            }
            exchange.engine().workers().execute(run::start);
            replyLater(
                    exchange,
                    seconds,
                    () -> Response.text(200, HTML, FlameGraph.html(run.stop(), seconds))
                            .header("content-security-policy", POLICY)
                            .header("cache-control", "no-store"));
        });
    }

    private static void replyLater(Exchange exchange, int seconds, Supplier<Response> work) {
        var _ = exchange.loop().loop().schedule(() -> exchange.replyFromWorker(work), seconds, TimeUnit.SECONDS);
    }

    private static int seconds(Exchange exchange, String otherwise) {
        var given = exchange.parameters().getOrDefault(SECONDS, otherwise);
        if (!given.matches("[1-9]|[1-5][0-9]|60")) {
            throw Problem.refuse(
                    ErrorCode.INVALID_ARGUMENT,
                    "not a whole number of seconds from 1 to " + LONGEST + ": seconds='" + given + "'; ask for such");
        }
        return Integer.parseInt(given);
    }

    private Response response(StageFigures figures) {
        return Response.json(200, json -> write(figures, json)).header("cache-control", "no-store");
    }

    private void write(StageFigures figures, JsonGenerator json) {
        json.writeStartObject();
        json.writeBooleanProperty("sampling", stages.sampling());
        json.writeNumberProperty("every", stages.every());
        json.writeNumberProperty("batches", figures.batches());
        json.writeNumberProperty("commands", figures.commands());
        json.writeNumberProperty("wall_us", figures.wallNanos() / NANOS_A_MICRO);
        json.writeNumberProperty("p99_us", figures.p99Nanos() / NANOS_A_MICRO);
        json.writeArrayPropertyStart("stages");
        for (var stage : Stage.values()) {
            double micros = figures.nanos(stage) / NANOS_A_MICRO;
            json.writeStartObject();
            json.writeStringProperty("stage", stage.word());
            json.writeNumberProperty("us", micros);
            json.writeNumberProperty("us_per_command", micros / Math.max(1, figures.commands()));
            json.writeNumberProperty("cpu_share", figures.cpuShare(stage));
            json.writeNumberProperty("p99_share", figures.p99Share(stage));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
