package sherd.server.resp;

import java.util.List;
import sherd.server.observe.MetricsText;

/** The figures of this door: what its loops have counted, added up. */
final class RespMetrics {
    private static final String COMMANDS = "sherd_resp_commands_total";

    private RespMetrics() {}

    static void write(RespDoor door, List<LoopFigures> loops, MetricsText text) {
        text.gauge(
                "sherd_resp_connections",
                "RESP connections open.",
                door.connections().size());
        text.counter(
                "sherd_resp_connections_total",
                "RESP connections taken since the start.",
                door.stats().connections.sum());
        text.counter(
                "sherd_resp_refused_connections_total",
                "RESP connections refused since the start.",
                door.stats().refused.sum());
        text.counter(
                "sherd_resp_slowed_turns_total",
                "Turns after which a writer had to wait, memory being nearly full.",
                door.stats().slowed.sum());
        text.counter(COMMANDS, "Commands executed, by name.");
        for (var spec : door.table().all()) {
            sample(text, spec.name(), spec.id(), loops);
        }
        sample(text, "unknown", 0, loops);
        text.histogram(
                "sherd_resp_command_seconds",
                "From the begin of a turn to its replies, for each of its commands.",
                loops.stream().map(LoopFigures::turns).toList());
    }

    private static void sample(MetricsText text, String name, int id, List<LoopFigures> loops) {
        long count = loops.stream().mapToLong(loop -> loop.commands(id)).sum();
        if (count > 0) {
            text.sample(COMMANDS, "command=\"" + name + "\"", count);
        }
    }
}
