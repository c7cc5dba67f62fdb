package sherd.server.resp;

import static sherd.server.resp.CommandSpec.ALONE;
import static sherd.server.resp.CommandSpec.CONTAINER;
import static sherd.server.resp.CommandSpec.Group.CONNECTION;

import java.util.List;
import java.util.Locale;

/** CLIENT and what it has below it. */
final class ClientCommands {
    static final String BAD_NAME = "ERR Client names cannot contain spaces, newlines or special characters.";

    private ClientCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(new CommandSpec(
                "client", -2, ALONE | CONTAINER, 0, 0, 0, CONNECTION, "Ask about connections", ClientCommands::run));
    }

    private static void run(Call call) {
        var sub = call.lower(1);
        switch (sub) {
            case "id" -> id(call, sub);
            case "getname" -> getName(call, sub);
            case "setname" -> setName(call, sub);
            case "setinfo" -> setInfo(call, sub);
            case "info" -> info(call, sub);
            case "list" -> list(call);
            case "no-evict", "no-touch" -> onOff(call, sub);
            case "help" -> help(call);
            default -> unknown(call);
        }
    }

    /** Redis' answer to a subcommand that does not exist. */
    static void unknown(Call call) {
        var sub = call.text(1);
        call.reply.error("ERR unknown subcommand '" + sub.substring(0, Math.min(128, sub.length())) + "'. Try "
                + call.spec().name().toUpperCase(Locale.ROOT) + " HELP.");
    }

    static boolean words(Call call, String sub, int count) {
        if (call.count() == count) {
            return true;
        }
        wrongCount(call, sub);
        return false;
    }

    static void wrongCount(Call call, String sub) {
        call.reply.error("ERR wrong number of arguments for '" + call.spec().name() + "|" + sub + "' command");
    }

    private static void id(Call call, String sub) {
        if (words(call, sub, 2)) {
            call.reply.integer(call.connection().info().id());
        }
    }

    private static void getName(Call call, String sub) {
        if (!words(call, sub, 2)) {
            return;
        }
        var name = call.connection().info().name();
        if (name.isEmpty()) {
            call.reply.nil();
        } else {
            call.reply.bulk(name);
        }
    }

    /** Names are printed in lists separated by spaces, so nothing else than visible characters. */
    static boolean validName(String name) {
        return name.chars().allMatch(c -> c >= '!' && c <= '~');
    }

    private static void setName(Call call, String sub) {
        if (!words(call, sub, 3)) {
            return;
        }
        var name = call.text(2);
        if (validName(name)) {
            call.connection().info().name(name);
            call.reply.ok();
        } else {
            call.reply.error(BAD_NAME);
        }
    }

    private static void setInfo(Call call, String sub) {
        if (!words(call, sub, 4)) {
            return;
        }
        var value = call.text(3);
        var info = call.connection().info();
        if (!call.is(2, "lib-name") && !call.is(2, "lib-ver")) {
            call.reply.error("ERR Unrecognized option '" + call.text(2) + "'");
        } else if (!validName(value)) {
            call.reply.error("ERR " + call.lower(2) + " cannot contain spaces, newlines or special characters.");
        } else {
            if (call.is(2, "lib-name")) {
                info.library(value);
            } else {
                info.libraryVersion(value);
            }
            call.reply.ok();
        }
    }

    private static void info(Call call, String sub) {
        if (words(call, sub, 2)) {
            call.reply.text(line(call, call.connection()));
        }
    }

    private static String line(Call call, Connection connection) {
        return connection.info().line(connection, call.loop.door().clock().epochMillis()) + "\n";
    }

    private static void list(Call call) {
        var text = new StringBuilder();
        var door = call.loop.door();
        if (call.count() == 4 && call.is(2, "type")) {
            switch (call.lower(3)) {
                case "normal" -> door.connections().forEach(c -> text.append(line(call, c)));
                case "master", "replica", "slave", "pubsub" -> {}
                default -> {
                    call.reply.error("ERR Unknown client type '" + call.text(3) + "'");
                    return;
                }
            }
        } else if (call.count() > 3 && call.is(2, "id")) {
            for (int word = 3; word < call.count(); word++) {
                if (!call.integer(word, "ERR Invalid client ID")) {
                    return;
                }
                var connection = door.connection(call.number());
                if (connection != null) {
                    text.append(line(call, connection));
                }
            }
        } else if (call.count() != 2) {
            call.syntaxError();
            return;
        } else {
            door.connections().forEach(c -> text.append(line(call, c)));
        }
        call.reply.text(text.toString());
    }

    private static void onOff(Call call, String sub) {
        if (!words(call, sub, 3)) {
            return;
        }
        if (call.is(2, "on") || call.is(2, "off")) {
            call.reply.ok();
        } else {
            call.syntaxError();
        }
    }

    private static void help(Call call) {
        lines(
                call,
                "CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                "GETNAME",
                "    Return the name of the current connection.",
                "ID",
                "    Return the ID of the current connection.",
                "INFO",
                "    Return information about the current client connection.",
                "LIST [TYPE NORMAL | ID <id> ...]",
                "    Return information about client connections.",
                "NO-EVICT (ON|OFF)",
                "    Accepted; connections are never evicted.",
                "SETINFO (LIB-NAME|LIB-VER) <value>",
                "    Tell which client library this is.",
                "SETNAME <name>",
                "    Assign the name <name> to the current connection.",
                "HELP",
                "    Print this help.");
    }

    static void lines(Call call, String... lines) {
        call.reply.array(lines.length);
        for (var line : lines) {
            call.reply.status(line);
        }
    }
}
