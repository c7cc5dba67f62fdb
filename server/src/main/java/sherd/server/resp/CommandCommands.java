package sherd.server.resp;

import static sherd.server.resp.CommandSpec.ALONE;
import static sherd.server.resp.CommandSpec.CONTAINER;
import static sherd.server.resp.CommandSpec.Group.SERVER;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** COMMAND: the door describes itself. */
final class CommandCommands {
    private CommandCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(new CommandSpec(
                "command", -1, ALONE | CONTAINER, 0, 0, 0, SERVER, "Describe commands", CommandCommands::run));
    }

    private static void run(Call call) {
        if (call.count() == 1) {
            describe(call, call.loop.door().table().all());
            return;
        }
        var sub = call.lower(1);
        switch (sub) {
            case "count" -> count(call, sub);
            case "info" -> describe(call, named(call));
            case "docs" -> documents(call);
            case "list" -> list(call, sub);
            case "getkeys" -> keys(call, sub);
            case "help" ->
                ClientCommands.lines(
                        call,
                        "COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                        "(no subcommand)",
                        "    Return details about all commands.",
                        "COUNT",
                        "    Return the total number of commands.",
                        "DOCS [<command-name> ...]",
                        "    Return documentation of commands.",
                        "GETKEYS <full-command>",
                        "    Return the keys of a command.",
                        "INFO [<command-name> ...]",
                        "    Return details about commands.",
                        "LIST",
                        "    Return the names of all commands.",
                        "HELP",
                        "    Print this help.");
            default -> ClientCommands.unknown(call);
        }
    }

    private static List<@Nullable CommandSpec> named(Call call) {
        var specs = new ArrayList<@Nullable CommandSpec>();
        var table = call.loop.door().table();
        if (call.count() == 2) {
            specs.addAll(table.all());
        }
        for (int word = 2; word < call.count(); word++) {
            specs.add(table.find(call.address(word), call.length(word)));
        }
        return specs;
    }

    private static void count(Call call, String sub) {
        if (ClientCommands.words(call, sub, 2)) {
            call.reply.integer(call.loop.door().table().all().size());
        }
    }

    private static void list(Call call, String sub) {
        if (ClientCommands.words(call, sub, 2)) {
            var all = call.loop.door().table().all();
            call.reply.array(all.size());
            all.forEach(spec -> call.reply.bulk(spec.name()));
        }
    }

    private static void keys(Call call, String sub) {
        if (call.count() < 3) {
            ClientCommands.wrongCount(call, sub);
            return;
        }
        var spec = call.loop.door().table().find(call.address(2), call.length(2));
        int words = call.count() - 2;
        if (spec == null) {
            call.reply.error("ERR Invalid command specified");
        } else if (spec.firstKey() == 0) {
            call.reply.error("ERR The command has no key arguments");
        } else if (!spec.acceptsCount(words)) {
            call.reply.error("ERR Invalid number of arguments specified for command");
        } else {
            int last = lastKey(call, spec);
            call.reply.array((last - spec.firstKey()) / spec.keyStep() + 1L);
            for (int word = spec.firstKey(); word <= last; word += spec.keyStep()) {
                call.reply.bulk(call.address(word + 2), call.length(word + 2));
            }
        }
    }

    private static int lastKey(Call call, CommandSpec spec) {
        var asked = new Batch();
        for (int word = 2; word < call.count(); word++) {
            asked.argument(call.address(word), call.length(word));
        }
        asked.command(spec, 0);
        return asked.lastKey(0);
    }

    private static void describe(Call call, List<? extends @Nullable CommandSpec> specs) {
        var reply = call.reply;
        reply.array(specs.size());
        for (var spec : specs) {
            if (spec == null) {
                reply.nilArray();
                continue;
            }
            reply.array(10);
            reply.bulk(spec.name());
            reply.integer(spec.arity());
            var flags = flags(spec);
            reply.set(flags.size());
            flags.forEach(reply::status);
            boolean counted = spec.has(CommandSpec.KEYS_COUNTED);
            reply.integer(counted ? 0 : spec.firstKey());
            reply.integer(counted ? 0 : spec.lastKey());
            reply.integer(counted ? 0 : spec.keyStep());
            reply.set(1);
            reply.status("@" + spec.group().text());
            reply.array(0); // tips
            reply.array(0); // key specifications
            reply.array(0); // subcommands
        }
    }

    private static List<String> flags(CommandSpec spec) {
        var flags = new ArrayList<String>();
        if (spec.has(CommandSpec.NOSCRIPT)) {
            flags.add("noscript");
        }
        if (spec.has(CommandSpec.KEYS_COUNTED)) {
            flags.add("movablekeys");
        } else if (spec.write()) {
            flags.add("write");
            flags.add("denyoom");
        }
        if (spec.has(CommandSpec.READ)) {
            flags.add("readonly");
        }
        if (spec.has(CommandSpec.FAST)) {
            flags.add("fast");
        }
        return flags;
    }

    private static void documents(Call call) {
        var specs = new ArrayList<CommandSpec>();
        for (var spec : named(call)) {
            if (spec != null) {
                specs.add(spec);
            }
        }
        call.reply.map(specs.size());
        for (var spec : specs) {
            call.reply.bulk(spec.name());
            call.reply.map(3);
            call.reply.bulk("summary");
            call.reply.bulk(spec.summary());
            call.reply.bulk("since");
            call.reply.bulk("1.0.0");
            call.reply.bulk("group");
            call.reply.bulk(spec.group().text().toLowerCase(Locale.ROOT));
        }
    }
}
