package sherd.server.http;

import java.util.TreeMap;
import sherd.engine.Engine;

/** The node's figures in Prometheus' text format, version 0.0.4. */
final class Metrics {
    private final Engine engine;
    private final Counters counters;
    private final StringBuilder out = new StringBuilder(4096);

    Metrics(Engine engine, Counters counters) {
        this.engine = engine;
        this.counters = counters;
    }

    String text() {
        family("sherd_http_requests_total", "counter", "Requests answered.");
        counters.requests().forEach((labels, count) -> sample("sherd_http_requests_total", labels, count));
        family("sherd_http_connections", "gauge", "Connections open.");
        sample("sherd_http_connections", "", counters.open());
        memory();
        tables();
        return out.toString();
    }

    private void memory() {
        var status = engine.status();
        family("sherd_memory_used_bytes", "gauge", "Native memory in use.");
        new TreeMap<>(status.memory())
                .forEach((purpose, bytes) -> sample("sherd_memory_used_bytes", "purpose=\"" + purpose + "\"", bytes));
        family("sherd_memory_idle_bytes", "gauge", "Native memory taken and free for reuse.");
        sample("sherd_memory_idle_bytes", "", status.idleMemory());
        family("sherd_memory_limit_bytes", "gauge", "The limit of native memory.");
        sample("sherd_memory_limit_bytes", "", status.memoryLimit());
        family("sherd_log_lsn", "gauge", "End of the commit log.");
        sample("sherd_log_lsn", "", status.lsn());
        family("sherd_log_durable_lsn", "gauge", "What of the commit log is on stable storage.");
        sample("sherd_log_durable_lsn", "", status.durableLsn());
        family("sherd_log_retained_bytes", "gauge", "Bytes of the commit log that are kept.");
        sample("sherd_log_retained_bytes", "", status.logBytes());
        family("sherd_log_checkpoint_lsn", "gauge", "What of the commit log the last checkpoint covers.");
        sample("sherd_log_checkpoint_lsn", "", status.checkpointLsn());
        family("sherd_segments", "gauge", "Segments of all tables.");
        sample("sherd_segments", "", status.segments());
        family("sherd_uptime_seconds", "gauge", "Time since the start.");
        sample("sherd_uptime_seconds", "", status.uptimeMillis() / 1000);
    }

    private void tables() {
        family("sherd_table_rows", "gauge", "Rows by home.");
        for (var table : engine.tables()) {
            var status = engine.status(table);
            var name = "table=\"" + table.definition().name() + "\",home=";
            sample("sherd_table_rows", name + "\"hot\"", status.hotRows());
            sample("sherd_table_rows", name + "\"archived\"", status.archivedRows());
        }
        family("sherd_table_bytes", "gauge", "Bytes by home.");
        for (var table : engine.tables()) {
            var status = engine.status(table);
            var name = "table=\"" + table.definition().name() + "\",home=";
            sample("sherd_table_bytes", name + "\"hot\"", status.hotBytes());
            sample("sherd_table_bytes", name + "\"archived\"", status.archivedBytes());
        }
    }

    private void family(String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void sample(String name, String labels, long value) {
        out.append(name);
        if (!labels.isEmpty()) {
            out.append('{').append(labels).append('}');
        }
        out.append(' ').append(value).append('\n');
    }
}
