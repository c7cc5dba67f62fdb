package sherd.server.resp;

import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.GENERIC;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;
import sherd.engine.command.Kind;
import sherd.engine.memory.OffHeap;

/** What can be done with a key whatever it holds. */
final class KeyCommands {
    private KeyCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(many("del", WRITE, "Delete keys", KeyCommands::delete));
        to.add(many("unlink", WRITE | FAST, "Delete keys", KeyCommands::delete));
        to.add(many("exists", READ | FAST, "Count which of the keys exist", KeyCommands::exists));
        to.add(many("touch", READ | FAST, "Count which of the keys exist, as a use of them", KeyCommands::exists));
        to.add(new CommandSpec("type", 2, READ | FAST, 1, 1, 1, GENERIC, "Get the type of a key", KeyCommands::type));
        to.add(new CommandSpec("rename", 3, WRITE, 1, 2, 1, GENERIC, "Rename a key", c -> rename(c, true)));
        to.add(new CommandSpec(
                "renamenx",
                3,
                WRITE | FAST,
                1,
                2,
                1,
                GENERIC,
                "Rename a key, only if the new one is free",
                c -> rename(c, false)));
        to.add(new CommandSpec("copy", -3, WRITE, 1, 2, 1, GENERIC, "Copy a key", KeyCommands::copy));
    }

    private static CommandSpec many(String name, int flags, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(name, -2, flags, 1, -1, 1, GENERIC, summary, handler);
    }

    private static void delete(Call call) {
        int deleted = 0;
        for (int word = 1; word < call.count(); word++) {
            if (call.seek(word) != Kind.ABSENT) {
                call.session.remove();
                deleted++;
            }
        }
        call.reply.integer(deleted);
    }

    private static void exists(Call call) {
        int found = 0;
        for (int word = 1; word < call.count(); word++) {
            if (call.seek(word) != Kind.ABSENT) {
                found++;
            }
        }
        call.reply.integer(found);
    }

    private static void type(Call call) {
        call.reply.status(typeName(call.seek(1)));
    }

    static String typeName(Kind kind) {
        return switch (kind) {
            case ABSENT -> "none";
            case STRING -> "string";
            case HASH, ROW -> "hash";
        };
    }

    private static boolean same(Call call) {
        return call.length(1) == call.length(2) && OffHeap.equal(call.address(1), call.address(2), call.length(1));
    }

    private static void rename(Call call, boolean replace) {
        if (call.seek(1) == Kind.ABSENT) {
            call.reply.error(ErrorReplies.NO_SUCH_KEY);
            return;
        }
        boolean done = !same(call);
        if (done) {
            done = replace || call.seek(2) == Kind.ABSENT;
            if (done) {
                call.seek(1);
                call.session.copyTo(call.address(2), call.length(2), call.session.expiresAt());
                call.seek(1);
                call.session.remove();
            }
        }
        if (replace) {
            call.reply.ok();
        } else {
            call.reply.bool(done);
        }
    }

    private static void copy(Call call) {
        boolean replace = false;
        for (int word = 3; word < call.count(); word++) {
            if (call.is(word, "replace")) {
                replace = true;
            } else if (call.is(word, "db") && word + 1 < call.count()) {
                if (!call.integer(++word)) {
                    return;
                }
                if (call.number() != 0) {
                    call.reply.error(ConnectionCommands.DB_RANGE);
                    return;
                }
            } else {
                call.syntaxError();
                return;
            }
        }
        if (same(call)) {
            call.reply.error("ERR source and destination objects are the same");
            return;
        }
        boolean there = call.seek(1) != Kind.ABSENT;
        boolean free = call.seek(2) == Kind.ABSENT;
        boolean done = there && (free || replace);
        if (done) {
            call.seek(1);
            call.session.copyTo(call.address(2), call.length(2), call.session.expiresAt());
        }
        call.reply.bool(done);
    }
}
