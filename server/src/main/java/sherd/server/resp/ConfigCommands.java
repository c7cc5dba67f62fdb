package sherd.server.resp;

import static sherd.server.resp.CommandSpec.ALONE;
import static sherd.server.resp.CommandSpec.CONTAINER;
import static sherd.server.resp.CommandSpec.Group.SERVER;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** CONFIG and what it has below it. */
final class ConfigCommands {
    private static final int MAX_NAME = 64;

    private ConfigCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(new CommandSpec(
                "config", -2, ALONE | CONTAINER, 0, 0, 0, SERVER, "Look at settings", ConfigCommands::run));
    }

    private static void run(Call call) {
        var sub = call.lower(1);
        switch (sub) {
            case "get" -> get(call, sub);
            case "set" -> set(call, sub);
            case "resetstat" -> resetStat(call, sub);
            case "rewrite" -> call.reply.error("ERR The server is running without a config file");
            case "help" ->
                ClientCommands.lines(
                        call,
                        "CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                        "GET <pattern>",
                        "    Return parameters matching the glob-like <pattern> and their values.",
                        "SET <directive> <value>",
                        "    Set the configuration <directive> to <value>.",
                        "RESETSTAT",
                        "    Reset statistics reported by the INFO command.",
                        "HELP",
                        "    Print this help.");
            default -> ClientCommands.unknown(call);
        }
    }

    private static void get(Call call, String sub) {
        if (call.count() < 3) {
            ClientCommands.wrongCount(call, sub);
            return;
        }
        var found = new LinkedHashMap<String, String>();
        long copy = call.loop.scratch(MAX_NAME);
        for (int word = 2; word < call.count(); word++) {
            var glob = new Glob(call.lower(word).getBytes(StandardCharsets.ISO_8859_1));
            call.loop.door().settings().all().forEach((name, value) -> {
                if (glob.matches(name.getBytes(StandardCharsets.US_ASCII), copy)) {
                    found.put(name, value);
                }
            });
        }
        call.reply.map(found.size());
        found.forEach((name, value) -> {
            call.reply.bulk(name);
            call.reply.bulk(value);
        });
    }

    private static void set(Call call, String sub) {
        if (call.count() < 4) {
            ClientCommands.wrongCount(call, sub);
            return;
        }
        if (call.count() % 2 == 1) {
            call.syntaxError();
            return;
        }
        for (int word = 2; word < call.count(); word += 2) {
            var error = call.loop.door().settings().set(call.text(word).toLowerCase(Locale.ROOT), call.text(word + 1));
            if (!error.isEmpty()) {
                call.reply.error(error);
                return;
            }
        }
        call.reply.ok();
    }

    private static void resetStat(Call call, String sub) {
        if (ClientCommands.words(call, sub, 2)) {
            call.loop.door().stats().commands.reset();
            call.loop.door().stats().connections.reset();
            call.loop.door().stats().refused.reset();
            call.reply.ok();
        }
    }
}
