package sherd.server.resp;

import static sherd.server.resp.CommandSpec.ALONE;
import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.SERVER;
import static sherd.server.resp.CommandSpec.NOSCRIPT;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import sherd.engine.memory.MemoryBudget;
import sherd.server.observe.ProcessMemory;

/** What the node tells of itself. */
final class ServerCommands {
    private static final List<String> SECTIONS =
            List.of("server", "clients", "memory", "persistence", "stats", "replication", "cluster", "keyspace");

    private ServerCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(new CommandSpec("info", -1, ALONE, 0, 0, 0, SERVER, "Get figures of the node", ServerCommands::info));
        to.add(new CommandSpec("time", 1, FAST, 0, 0, 0, SERVER, "Get the node's time", ServerCommands::time));
        to.add(new CommandSpec(
                "bgsave",
                -1,
                ALONE | NOSCRIPT,
                0,
                0,
                0,
                SERVER,
                "Have a checkpoint taken in the background",
                ServerCommands::saveInBackground));
        to.add(new CommandSpec(
                "lastsave",
                1,
                FAST,
                0,
                0,
                0,
                SERVER,
                "Get the time of the last checkpoint",
                call -> call.reply.integer(
                        call.loop.door().engine().checkpoints().doneAt() / 1000)));
        to.add(new CommandSpec(
                "role", 1, FAST | NOSCRIPT, 0, 0, 0, SERVER, "Get the node's role", ServerCommands::role));
    }

    private static void time(Call call) {
        long now = call.loop.door().clock().epochMillis();
        call.reply.array(2);
        call.reply.bulkInteger(now / 1000);
        call.reply.bulkInteger(now % 1000 * 1000);
    }

    /** {@code BGSAVE SCHEDULE} is the same: a checkpoint never waits for another kind of work. */
    private static void saveInBackground(Call call) {
        if (call.count() > 2 || (call.count() == 2 && !call.lower(1).equals("schedule"))) {
            call.reply.error(ErrorReplies.SYNTAX);
        } else if (call.loop.door().engine().askForCheckpoint()) {
            call.reply.status("Background saving started");
        } else {
            call.reply.error("ERR Background save already in progress");
        }
    }

    private static void role(Call call) {
        call.reply.array(3);
        call.reply.bulk("master");
        call.reply.integer(0);
        call.reply.array(0);
    }

    private static void info(Call call) {
        Set<String> wanted = new TreeSet<>();
        for (int word = 1; word < call.count(); word++) {
            wanted.add(call.lower(word));
        }
        boolean all = wanted.isEmpty()
                || wanted.contains("all")
                || wanted.contains("everything")
                || wanted.contains("default");
        var parts = new ArrayList<String>();
        for (var section : SECTIONS) {
            if (all || wanted.contains(section)) {
                parts.add(section(call.loop.door(), section));
            }
        }
        call.reply.text(String.join("\r\n", parts));
    }

    private static String section(RespDoor door, String section) {
        var text = new StringBuilder("# ")
                .append(section.substring(0, 1).toUpperCase(Locale.ROOT))
                .append(section.substring(1))
                .append("\r\n");
        switch (section) {
            case "server" -> server(door, text);
            case "clients" -> clients(door, text);
            case "memory" -> memory(door, text);
            case "persistence" -> persistence(door, text);
            case "stats" -> stats(door, text);
            case "replication" -> {
                line(text, "role", "master");
                line(text, "connected_slaves", 0);
            }
            case "cluster" -> line(text, "cluster_enabled", 0);
            default -> keyspace(door, text);
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(':').append(value).append("\r\n");
    }

    private static void server(RespDoor door, StringBuilder text) {
        long seconds = Math.max(0, (door.clock().epochMillis() - door.startedAt()) / 1000);
        line(text, "redis_version", ConnectionCommands.REDIS_VERSION);
        line(text, "redis_mode", "standalone");
        line(text, "sherd_version", door.version());
        line(text, "os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        line(text, "arch_bits", 64);
        line(text, "process_id", ProcessHandle.current().pid());
        line(text, "tcp_port", door.port());
        line(text, "uptime_in_seconds", seconds);
        line(text, "uptime_in_days", seconds / 86_400);
    }

    private static void clients(RespDoor door, StringBuilder text) {
        line(text, "connected_clients", door.connections().size());
        line(text, "maxclients", door.maxClients());
        line(text, "blocked_clients", 0);
    }

    private static void memory(RespDoor door, StringBuilder text) {
        var budget = door.engine().memory();
        line(text, "used_memory", budget.usedBytes());
        line(text, "maxmemory", budget.limitBytes());
        line(text, "maxmemory_policy", "noeviction");
        for (var purpose : MemoryBudget.Purpose.values()) {
            line(text, "used_memory_" + purpose.name().toLowerCase(Locale.ROOT), budget.usedBytes(purpose));
        }
        var status = door.engine().status();
        line(text, "mem_idle_bytes", status.idleMemory());
        line(text, "mem_fragmentation_bytes", status.unusedMemory());
        var process = ProcessMemory.now(budget.usedBytes() + status.idleMemory());
        line(text, "used_memory_rss", process.resident());
        process.parts().forEach((part, bytes) -> line(text, "process_" + part, bytes));
        line(text, "process_unlisted", process.unlisted());
        var runtime = Runtime.getRuntime();
        line(text, "jvm_heap_used", runtime.totalMemory() - runtime.freeMemory());
        line(text, "jvm_heap_max", runtime.maxMemory());
    }

    private static void persistence(RespDoor door, StringBuilder text) {
        var log = door.engine().log();
        line(text, "loading", 0);
        var checkpoints = door.engine().checkpoints();
        line(text, "rdb_bgsave_in_progress", checkpoints.underWay() ? 1 : 0);
        line(text, "rdb_last_save_time", checkpoints.doneAt() / 1000);
        line(text, "rdb_last_bgsave_status", checkpoints.failed() ? "err" : "ok");
        line(text, "aof_enabled", 1);
        line(text, "log_end_lsn", log.end());
        line(text, "log_acknowledged_lsn", log.acknowledged());
        line(text, "log_durable_lsn", log.durable());
        line(text, "log_retained_bytes", log.retainedBytes());
        line(text, "log_congested", log.congested() ? 1 : 0);
    }

    private static void stats(RespDoor door, StringBuilder text) {
        line(text, "total_connections_received", door.stats().connections.sum());
        line(text, "total_commands_processed", door.stats().commands.sum());
        line(text, "rejected_connections", door.stats().refused.sum());
        line(text, "slowed_turns", door.stats().slowed.sum());
    }

    private static void keyspace(RespDoor door, StringBuilder text) {
        var engine = door.engine();
        long keys = engine.size(engine.keyValue());
        if (keys > 0) {
            line(text, "db0", "keys=" + keys + ",expires=0,avg_ttl=0");
        }
    }
}
