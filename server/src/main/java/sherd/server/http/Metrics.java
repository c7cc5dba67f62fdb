package sherd.server.http;

import java.util.TreeMap;
import sherd.engine.Engine;
import sherd.server.observe.MetricsText;
import sherd.server.observe.Observers;

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
        out.gauge("sherd_http_connections", "Connections open.");
        out.sample("sherd_http_connections", "", counters.open());
        memory();
        tables();
        observers.stages().writeTo(out);
        observers.sources().forEach(source -> source.writeTo(out));
        return out.toString();
    }

    private void memory() {
        var status = engine.status();
        out.gauge("sherd_memory_used_bytes", "Native memory in use.");
        new TreeMap<>(status.memory())
                .forEach((purpose, bytes) ->
                        out.sample("sherd_memory_used_bytes", "purpose=\"" + purpose + "\"", bytes));
        out.gauge("sherd_memory_idle_bytes", "Native memory taken and free for reuse.");
        out.sample("sherd_memory_idle_bytes", "", status.idleMemory());
        out.gauge("sherd_memory_limit_bytes", "The limit of native memory.");
        out.sample("sherd_memory_limit_bytes", "", status.memoryLimit());
        out.gauge("sherd_log_lsn", "End of the commit log.");
        out.sample("sherd_log_lsn", "", status.lsn());
        out.gauge("sherd_log_durable_lsn", "What of the commit log is on stable storage.");
        out.sample("sherd_log_durable_lsn", "", status.durableLsn());
        out.gauge("sherd_log_retained_bytes", "Bytes of the commit log that are kept.");
        out.sample("sherd_log_retained_bytes", "", status.logBytes());
        out.gauge("sherd_log_checkpoint_lsn", "What of the commit log the last checkpoint covers.");
        out.sample("sherd_log_checkpoint_lsn", "", status.checkpointLsn());
        out.gauge("sherd_segments", "Segments of all tables.");
        out.sample("sherd_segments", "", status.segments());
        out.gauge("sherd_segments_quarantined", "Segments set aside because their bytes are not what was written.");
        out.sample("sherd_segments_quarantined", "", status.damagedSegments());
        out.gauge("sherd_uptime_seconds", "Time since the start.");
        out.sample("sherd_uptime_seconds", "", status.uptimeMillis() / 1000);
    }

    private void tables() {
        out.gauge("sherd_table_rows", "Rows by home.");
        for (var table : engine.tables()) {
            var status = engine.status(table);
            var name = "table=\"" + table.definition().name() + "\",home=";
            out.sample("sherd_table_rows", name + "\"hot\"", status.hotRows());
            out.sample("sherd_table_rows", name + "\"archived\"", status.archivedRows());
        }
        out.gauge("sherd_table_bytes", "Bytes by home.");
        for (var table : engine.tables()) {
            var status = engine.status(table);
            var name = "table=\"" + table.definition().name() + "\",home=";
            out.sample("sherd_table_bytes", name + "\"hot\"", status.hotBytes());
            out.sample("sherd_table_bytes", name + "\"archived\"", status.archivedBytes());
        }
    }
}
