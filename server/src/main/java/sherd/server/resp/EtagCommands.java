package sherd.server.resp;

import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.STRING;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;
import sherd.engine.command.Kind;
import sherd.engine.memory.OffHeap;
import sherd.engine.version.Guard;
import sherd.engine.version.VersionVector;

/**
 * Compare-and-set by version vector. A refusal is a reply, with what the writer needs to try again: the current etag
 * and value. The empty etag stands for a key that is not there.
 */
final class EtagCommands {
    private static final int MAX_SHARD_DIGITS = 9;
    private static final int MAX_COUNTER_DIGITS = 18;
    private static final int ETAG_BYTES = 64;

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
            replyEtag(call);
            call.replyValue();
        }
    }

    private static void replyEtag(Call call) {
        if (call.session.soleCounter() == 0) {
            call.reply.bulk(call.session.vector().toString());
        } else {
            call.reply.bulk(call.loop.scratch(ETAG_BYTES), writeEtag(call));
        }
    }

    /** The etag of a row that only this shard has written, in the loop's scratch; returns its bytes. */
    private static int writeEtag(Call call) {
        long text = call.loop.scratch(ETAG_BYTES);
        int length = Numbers.put(text, call.session.shardId());
        OffHeap.putByte(text + length++, (byte) ':');
        return length + Numbers.put(text + length, call.session.soleCounter());
    }

    /** Whether a word is the etag of a row that one shard has written, as nearly all are, in the one form that we give. */
    private static boolean plain(Call call, int word) {
        long at = call.address(word);
        int length = call.length(word);
        int colon = 0;
        while (colon < length && OffHeap.getByte(at + colon) != ':') {
            colon++;
        }
        return natural(at, colon, MAX_SHARD_DIGITS)
                && natural(at + colon + 1, length - colon - 1, MAX_COUNTER_DIGITS)
                && OffHeap.getByte(at + colon + 1) != '0';
    }

    private static boolean natural(long at, int length, int most) {
        if (length < 1 || length > most || (length > 1 && OffHeap.getByte(at) == '0')) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int b = OffHeap.getByte(at + i);
            if (b < '0' || b > '9') {
                return false;
            }
        }
        return true;
    }

    /** False after answering with an error. */
    private static boolean isEtag(Call call, int word) {
        if (plain(call, word) || VersionVector.parse(call.text(word)).isPresent()) {
            return true;
        }
        call.reply.error("ERR not an etag: '" + call.text(word)
                + "'; use what GETWITHETAG returned, such as 0:1,2:3, or an empty text for a key that is not there");
        return false;
    }

    private static boolean accepted(Call call, int word) {
        if (matches(call, word)) {
            return true;
        }
        replyCurrent(call);
        return false;
    }

    private static boolean matches(Call call, int word) {
        if (!plain(call, word)) {
            var expected = VersionVector.parse(call.text(word));
            return expected.isPresent() && call.session.accepts(new Guard.Expected(expected.get()));
        }
        return call.session.soleCounter() > 0
                && writeEtag(call) == call.length(word)
                && OffHeap.equal(call.loop.scratch(ETAG_BYTES), call.address(word), call.length(word));
    }

    private static void set(Call call) {
        if (call.count() > 4 && !call.is(4, "ex") && !call.is(4, "px")) {
            call.syntaxError();
            return;
        }
        if (!isEtag(call, 3) || SetOptions.parse(call, 4) < 0 || !call.seekString(1)) {
            return;
        }
        if (accepted(call, 3)) {
            StringCommands.put(call, 2, call.loop.setOptions().expiresAt);
            call.seek(1);
            call.reply.array(2);
            replyEtag(call);
            call.reply.nil();
        }
    }

    private static void delete(Call call) {
        if (!isEtag(call, 2) || !call.seekString(1)) {
            return;
        }
        if (accepted(call, 2)) {
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
