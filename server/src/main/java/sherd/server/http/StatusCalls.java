package sherd.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sherd.engine.ObjectsStatus;
import sherd.server.observe.Observers;
import tools.jackson.core.JsonGenerator;

/** What a node says of itself. */
final class StatusCalls {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_API = openApiText();

    private final Counters counters;
    private final Observers observers;

    StatusCalls(Counters counters, Observers observers) {
        this.counters = counters;
        this.observers = observers;
    }

    /** The process lives. */
    Body healthz(Exchange exchange) {
        return Body.ignored(() -> exchange.reply(Response.text(200, TEXT, "ok\n")));
    }

    /** The node takes writes. */
    Body readyz(Exchange exchange) {
        return Body.ignored(() -> {
            var failure = exchange.engine().log().failure();
            if (failure != null) {
                throw failure;
            }
            exchange.reply(Response.text(200, TEXT, "ready\n"));
        });
    }

    Body openApi(Exchange exchange) {
        return Body.ignored(() -> exchange.reply(Response.text(200, Response.JSON, OPEN_API)));
    }

    Body metrics(Exchange exchange) {
        return Body.ignored(() -> exchange.replyFromWorker(
                () -> Response.text(200, METRICS, new Metrics(exchange.engine(), counters, observers).text())));
    }

    Body status(Exchange exchange) {
        exchange.requireParameters(List.of());
        return Body.ignored(() -> exchange.replyFromWorker(() -> Response.json(200, json -> status(exchange, json))));
    }

    private void status(Exchange exchange, JsonGenerator json) {
        var status = exchange.engine().status();
        json.writeStartObject();
        json.writeNumberProperty("uptime_ms", status.uptimeMillis());
        json.writeObjectPropertyStart("memory");
        json.writeNumberProperty("limit_bytes", status.memoryLimit());
        json.writeNumberProperty("used_bytes", status.memoryUsed());
        json.writeNumberProperty("idle_bytes", status.idleMemory());
        for (var part : new TreeMap<>(status.memory()).entrySet()) {
            json.writeNumberProperty(part.getKey() + "_bytes", part.getValue());
        }
        json.writeEndObject();
        json.writeObjectPropertyStart("log");
        json.writeNumberProperty("lsn", status.lsn());
        json.writeNumberProperty("durable_lsn", status.durableLsn());
        json.writeNumberProperty("checkpoint_lsn", status.checkpointLsn());
        json.writeNumberProperty("bytes", status.logBytes());
        json.writeEndObject();
        json.writeNumberProperty("route_version", status.routeVersion());
        json.writeNumberProperty("tables", status.tables());
        json.writeNumberProperty("segments", status.segments());
        json.writeNumberProperty("segments_quarantined", status.damagedSegments());
        json.writeObjectPropertyStart("segments_by_home");
        for (var home : new TreeMap<>(status.homes()).entrySet()) {
            json.writeNumberProperty(home.getKey(), home.getValue());
        }
        json.writeEndObject();
        objects(json, status.objects());
        json.writeNumberProperty("recovered_changes", status.recoveredChanges());
        json.writeNumberProperty("http_connections", counters.open());
        json.writeEndObject();
    }

    private static void objects(JsonGenerator json, @Nullable ObjectsStatus objects) {
        if (objects == null) {
            return;
        }
        json.writeObjectPropertyStart("objects");
        json.writeStringProperty("store", objects.store());
        json.writeBooleanProperty("away", objects.away());
        json.writeNumberProperty("to_delete", objects.unwanted());
        json.writeNumberProperty("requests", objects.requests());
        json.writeNumberProperty("fetched_bytes", objects.fetchedBytes());
        json.writeNumberProperty("found_pages", objects.foundPages());
        json.writeNumberProperty("page_bytes", objects.pageBytes());
        json.writeEndObject();
    }

    static String openApiText() {
        try (var in = StatusCalls.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
