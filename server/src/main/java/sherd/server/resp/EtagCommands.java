package sherd.server.resp;

import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.STRING;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.version.Guard;
import sherd.engine.version.VersionVector;

/**
 * Compare-and-set by version vector. A refusal is a reply, with what the writer needs to try again: the current etag
 * and value. The empty etag stands for a key that is not there.
 */
final class EtagCommands {
    private EtagCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(new CommandSpec(
                "getwithetag", 2, READ | FAST, 1, 1, 1, STRING, "Get etag and value of a key", EtagCommands::get));
        to.add(new CommandSpec(
                "setifmatch", -4, WRITE, 1, 1, 1, STRING, "Set a key, only if its etag is this", EtagCommands::set));
        to.add(new CommandSpec(
                "delifmatch", 3, WRITE, 1, 1, 1, STRING, "Delete a key, only if its etag is this", c -> delete(c)));
    }

    private static void get(Call call) {
        if (call.seekString(1)) {
            replyCurrent(call);
        }
    }

    private static void replyCurrent(Call call) {
        call.reply.array(2);
        if (call.absent()) {
            call.reply.bulk("");
            call.reply.nil();
        } else {
            call.reply.bulk(call.session.vector().toString());
            call.replyValue();
        }
    }

    /** Null after answering with an error. */
    private static @Nullable VersionVector etag(Call call, int word) {
        var parsed = VersionVector.parse(call.text(word));
        if (parsed.isEmpty()) {
            call.reply.error(
                    "ERR not an etag: '" + call.text(word)
                            + "'; use what GETWITHETAG returned, such as 0:1,2:3, or an empty text for a key that is not there");
            return null;
        }
        return parsed.get();
    }

    private static boolean accepted(Call call, VersionVector expected) {
        if (call.session.accepts(new Guard.Expected(expected))) {
            return true;
        }
        replyCurrent(call);
        return false;
    }

    private static void set(Call call) {
        if (call.count() > 4 && !call.is(4, "ex") && !call.is(4, "px")) {
            call.syntaxError();
            return;
        }
        var expected = etag(call, 3);
        if (expected == null || SetOptions.parse(call, 4) < 0 || !call.seekString(1)) {
            return;
        }
        if (accepted(call, expected)) {
            StringCommands.put(call, 2, call.loop.setOptions().expiresAt);
            call.seek(1);
            call.reply.array(2);
            call.reply.bulk(call.session.vector().toString());
            call.reply.nil();
        }
    }

    private static void delete(Call call) {
        var expected = etag(call, 2);
        if (expected == null || !call.seekString(1)) {
            return;
        }
        if (accepted(call, expected)) {
            // The vector of the deletion itself, as if the row had been written once more.
            var next = call.session.kind() == Kind.ABSENT
                    ? VersionVector.EMPTY
                    : call.session.vector().step(call.session.shardId());
            if (call.session.kind() != Kind.ABSENT) {
                call.session.remove();
            }
            call.reply.array(2);
            call.reply.bulk(next.toString());
            call.reply.nil();
        }
    }
}
