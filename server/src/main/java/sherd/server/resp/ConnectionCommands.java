package sherd.server.resp;

import static sherd.server.resp.CommandSpec.ALONE;
import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.CONNECTION;
import static sherd.server.resp.CommandSpec.NOSCRIPT;
import static sherd.server.resp.CommandSpec.UNQUEUED;

import java.util.List;

/** What concerns the connection, not the store. */
final class ConnectionCommands {
    static final String DB_RANGE = "ERR DB index is out of range";
    static final String NO_PASSWORD = "ERR AUTH <password> called without any password configured for the default user."
            + " Are you sure your configuration is correct?";
    /** The version of Redis whose words and replies these are. */
    static final String REDIS_VERSION = "7.0.15";

    private ConnectionCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(spec("ping", -1, FAST, "Answer PONG", ConnectionCommands::ping));
        to.add(spec("echo", 2, FAST, "Answer the same", c -> c.reply.bulk(c.address(1), c.length(1))));
        to.add(spec("quit", -1, FAST | ALONE | UNQUEUED, "Close the connection", ConnectionCommands::quit));
        to.add(spec("auth", -2, FAST | NOSCRIPT, "Log in", ConnectionCommands::auth));
        to.add(spec("select", 2, FAST, "Choose the database; there is only 0", ConnectionCommands::select));
        to.add(spec("hello", -1, FAST | ALONE, "Choose the protocol", ConnectionCommands::hello));
        to.add(spec("reset", 1, FAST | ALONE | UNQUEUED, "Start afresh", ConnectionCommands::reset));
    }

    private static CommandSpec spec(String name, int arity, int flags, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(name, arity, flags, 0, 0, 0, CONNECTION, summary, handler);
    }

    private static void ping(Call call) {
        if (call.count() > 2) {
            call.wrongCount();
        } else if (call.count() == 2) {
            call.reply.bulk(call.address(1), call.length(1));
        } else {
            call.reply.status("PONG");
        }
    }

    private static void quit(Call call) {
        call.reply.ok();
        call.connection().closeAfterReplies();
    }

    private static void auth(Call call) {
        if (call.count() > 3) {
            call.syntaxError();
        } else if (call.count() == 2) {
            call.reply.error(NO_PASSWORD);
        } else if (call.is(1, "default")) {
            call.reply.ok(); // the default user has no password, so any will do
        } else {
            call.reply.error("WRONGPASS invalid username-password pair or user is disabled.");
        }
    }

    private static void select(Call call) {
        if (!call.integer(1)) {
            return;
        }
        if (call.number() == 0) {
            call.reply.ok();
        } else {
            call.reply.error(DB_RANGE);
        }
    }

    private static void hello(Call call) {
        int version = 0;
        int word = 1;
        if (call.count() >= 2) {
            if (!call.integer(1, "ERR Protocol version is not an integer or out of range")) {
                return;
            }
            if (call.number() < 2 || call.number() > 3) {
                call.reply.error("NOPROTO unsupported protocol version");
                return;
            }
            version = (int) call.number();
            word = 2;
        }
        String name = null;
        for (; word < call.count(); word++) {
            int more = call.count() - 1 - word;
            if (call.is(word, "auth") && more >= 2) {
                if (!call.is(word + 1, "default")) {
                    call.reply.error("WRONGPASS invalid username-password pair or user is disabled.");
                    return;
                }
                word += 2;
            } else if (call.is(word, "setname") && more >= 1) {
                name = call.text(++word);
                if (!ClientCommands.validName(name)) {
                    call.reply.error(ClientCommands.BAD_NAME);
                    return;
                }
            } else {
                call.reply.error("ERR Syntax error in HELLO option '" + call.text(word) + "'");
                return;
            }
        }
        var connection = call.connection();
        if (name != null) {
            connection.info().name(name);
        }
        if (version != 0) {
            connection.protocol(version);
        }
        var reply = call.reply;
        reply.map(7);
        reply.bulk("server");
        reply.bulk("redis");
        reply.bulk("version");
        reply.bulk(REDIS_VERSION);
        reply.bulk("proto");
        reply.integer(connection.protocol());
        reply.bulk("id");
        reply.integer(connection.info().id());
        reply.bulk("mode");
        reply.bulk("standalone");
        reply.bulk("role");
        reply.bulk("master");
        reply.bulk("modules");
        reply.array(0);
    }

    private static void reset(Call call) {
        var connection = call.connection();
        connection.transaction().end();
        connection.info().name("");
        connection.protocol(2);
        call.reply.status("RESET");
    }
}
