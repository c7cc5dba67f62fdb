package sherd.server.http;

import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.ObjectsStatus;
import sherd.engine.TableStatus;
import sherd.server.observe.MetricsText;
import sherd.server.observe.Observers;
import sherd.server.observe.ProcessMemory;

/** The node's figures in Prometheus' text format, version 0.0.4. */
final class Metrics {
    private final Engine engine;
    private final Counters counters;
    private final Observers observers;
    private final MetricsText out = new MetricsText();

    Metrics(Engine engine, Counters counters, Observers observers) {
        this.engine = engine;
        this.counters = counters;
        this.observers = observers;
    }

    String text() {
        out.counter("sherd_http_requests_total", "Requests answered.");
        counters.requests().forEach((labels, count) -> out.sample("sherd_http_requests_total", labels, count));
        gateway();
        out.histogram(
                "sherd_http_request_seconds",
                "From the head of a request to its response.",
                counters.loops().stream().map(HttpFigures::requests).toList());
        out.gauge("sherd_http_connections", "Connections open.", counters.open());
        out.counter(
                "sherd_http_refused_connections_total",
                "HTTP connections refused since the start.",
                counters.everRefused());
        out.gauge(
                "sherd_http_downloads", "Segments being sent.", counters.sends().now());
        out.counter("sherd_http_download_bytes_total", "Bytes of segments sent, by who moved them.");
        out.sample(
                "sherd_http_download_bytes_total",
                "by=\"system\"",
                counters.sends().sentBytes());
        out.sample(
                "sherd_http_download_bytes_total",
                "by=\"copy\"",
                counters.sends().copiedBytes());
        memory();
        tables();
        observers.stages().writeTo(out);
        observers.sources().forEach(source -> source.writeTo(out));
        return out.toString();
    }

    private void gateway() {
        out.counter("sherd_gateway_operations_total", "Operations of batches, by verb.");
        for (var verb : GatewayOp.Verb.values()) {
            long count = counters.loops().stream()
                    .mapToLong(loop -> loop.operations(verb))
                    .sum();
            out.sample("sherd_gateway_operations_total", "op=\"" + verb.word() + "\"", count);
        }
    }

    private void memory() {
        var status = engine.status();
        out.gauge("sherd_memory_used_bytes", "Native memory in use.");
        new TreeMap<>(status.memory())
                .forEach((purpose, bytes) ->
                        out.sample("sherd_memory_used_bytes", "purpose=\"" + purpose + "\"", bytes));
        out.gauge("sherd_memory_idle_bytes", "Native memory taken and free for reuse.", status.idleMemory());
        out.gauge(
                "sherd_memory_unused_bytes",
                "Of native memory in use for records, what no record or index page has.",
                status.unusedMemory());
        var process = ProcessMemory.now(status.memoryUsed() + status.idleMemory());
        out.gauge("sherd_process_resident_bytes", "Memory of the machine that the process has.", process.resident());
        out.gauge("sherd_process_bytes", "Memory committed, by who asked for it; unlisted: resident, and of no part.");
        process.parts().forEach((part, bytes) -> out.sample("sherd_process_bytes", "part=\"" + part + "\"", bytes));
        out.sample("sherd_process_bytes", "part=\"unlisted\"", process.unlisted());
        out.gauge("sherd_memory_limit_bytes", "The limit of native memory.", status.memoryLimit());
        out.gauge("sherd_log_lsn", "End of the commit log.", status.lsn());
        out.gauge("sherd_log_durable_lsn", "What of the commit log is on stable storage.", status.durableLsn());
        out.gauge("sherd_log_retained_bytes", "Bytes of the commit log that are kept.", status.logBytes());
        out.gauge(
                "sherd_log_checkpoint_lsn",
                "What of the commit log the last checkpoint covers.",
                status.checkpointLsn());
        out.gauge("sherd_segments", "Segments of all tables.", status.segments());
        out.gauge("sherd_segments_mapped", "Files of segments that are mapped.", engine.mappedSegments());
        out.gauge(
                "sherd_segments_quarantined",
                "Segments set aside because their bytes are not what was written.",
                status.damagedSegments());
        out.gauge("sherd_segments_by_home", "Segments by where they are.");
        status.homes().forEach((home, count) -> out.sample("sherd_segments_by_home", "home=\"" + home + "\"", count));
        objects(status.objects());
        out.gauge("sherd_uptime_seconds", "Time since the start.", status.uptimeMillis() / 1000);
    }

    private void objects(@Nullable ObjectsStatus objects) {
        if (objects == null) {
            return;
        }
        out.gauge("sherd_objects_away", "1 while object storage cannot be reached.", objects.away() ? 1 : 0);
        out.gauge("sherd_objects_to_delete", "Objects that nothing names any more.", objects.unwanted());
        out.counter("sherd_objects_requests_total", "Requests for pages of segments.", objects.requests());
        out.counter("sherd_objects_fetched_bytes_total", "Bytes of pages that were fetched.", objects.fetchedBytes());
        out.counter("sherd_objects_found_pages_total", "Pages that were in memory.", objects.foundPages());
    }

    private void tables() {
        homes("sherd_table_rows", "Rows by home.", TableStatus::hotRows, TableStatus::archivedRows);
        homes("sherd_table_bytes", "Bytes by home.", TableStatus::hotBytes, TableStatus::archivedBytes);
    }

    private void homes(
            String name, String help, ToLongFunction<TableStatus> hot, ToLongFunction<TableStatus> archived) {
        out.gauge(name, help);
        for (var table : engine.tables()) {
            var status = engine.status(table);
            var labels = "table=\"" + table.definition().name() + "\",home=";
            out.sample(name, labels + "\"hot\"", hot.applyAsLong(status));
            out.sample(name, labels + "\"archived\"", archived.applyAsLong(status));
        }
    }
}
