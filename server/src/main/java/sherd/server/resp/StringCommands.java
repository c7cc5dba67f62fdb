package sherd.server.resp;

import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.STRING;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;
import sherd.engine.command.Kind;
import sherd.engine.memory.OffHeap;
import sherd.engine.route.Session;

/** Commands whose value is one run of bytes. */
final class StringCommands {
    private static final String TOO_LARGE = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

    private StringCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(spec("get", 2, READ | FAST, 1, "Get the value of a key", StringCommands::get));
        to.add(spec("set", -3, WRITE, 1, "Set the string value of a key", StringCommands::set));
        to.add(spec("setnx", 3, WRITE | FAST, 1, "Set the value of a key, only if it does not exist", c -> setNx(c)));
        to.add(spec("setex", 4, WRITE, 1, "Set the value and expiration of a key", c -> setExpiring(c, 1000)));
        to.add(spec("psetex", 4, WRITE, 1, "Set the value and expiration in milliseconds", c -> setExpiring(c, 1)));
        to.add(spec("getset", 3, WRITE | FAST, 1, "Set the value of a key and return its old value", c -> getSet(c)));
        to.add(spec("getdel", 2, WRITE | FAST, 1, "Get the value of a key and delete the key", c -> getDel(c)));
        to.add(spec("getex", -2, WRITE | FAST, 1, "Get the value of a key and set its expiration", c -> getEx(c)));
        to.add(spec("append", 3, WRITE | FAST, 1, "Append a value to a key", StringCommands::append));
        to.add(spec("strlen", 2, READ | FAST, 1, "Get the length of the value of a key", StringCommands::strlen));
        to.add(spec("getrange", 4, READ, 1, "Get a part of the string of a key", StringCommands::getRange));
        to.add(spec("substr", 4, READ, 1, "Get a part of the string of a key", StringCommands::getRange));
        to.add(spec("setrange", 4, WRITE, 1, "Overwrite part of a string", StringCommands::setRange));
        to.add(new CommandSpec(
                "mget", -2, READ | FAST, 1, -1, 1, STRING, "Get the values of many keys", StringCommands::mget));
        to.add(new CommandSpec("mset", -3, WRITE, 1, -1, 2, STRING, "Set many keys", c -> mset(c)));
        to.add(new CommandSpec(
                "msetnx", -3, WRITE, 1, -1, 2, STRING, "Set many keys, only if none exists", c -> msetNx(c)));
    }

    private static CommandSpec spec(
            String name, int arity, int flags, int key, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(name, arity, flags, key, key, 1, STRING, summary, handler);
    }

    private static void get(Call call) {
        if (!call.seekString(1)) {
            return;
        }
        if (call.absent()) {
            call.reply.nil();
        } else {
            call.replyRead(call.session.valueAddress(), call.session.valueLength());
        }
    }

    private static void replyValueOrNil(Call call) {
        if (call.absent()) {
            call.reply.nil();
        } else {
            call.replyValue();
        }
    }

    private static void set(Call call) {
        int at = SetOptions.parse(call, 3);
        if (at < 0) {
            return;
        }
        var options = call.loop.setOptions();
        var session = call.session;
        var kind = call.seek(1);
        boolean string = kind == Kind.STRING;
        if (kind == Kind.ROW || ((options.get || options.compare >= 0) && kind == Kind.HASH)) {
            call.wrongType();
            return;
        }
        boolean refused = (options.ifAbsent && kind != Kind.ABSENT)
                || (options.ifPresent && kind == Kind.ABSENT)
                || (options.compare >= 0 && !holds(call, string, options.compare));
        if (options.get) {
            replyValueOrNil(call);
        } else if (refused) {
            call.reply.nil();
        }
        if (refused) {
            return;
        }
        long expiresAt = options.keep ? (kind == Kind.ABSENT ? Session.NEVER : session.expiresAt()) : options.expiresAt;
        put(call, 2, expiresAt);
        if (!options.get) {
            call.reply.ok();
        }
    }

    private static boolean holds(Call call, boolean string, int word) {
        var session = call.session;
        return string
                && session.valueLength() == call.length(word)
                && OffHeap.equal(session.valueAddress(), call.address(word), call.length(word));
    }

    /** Stores a word at the current key; a moment in the past means that the key is gone at once. */
    static void put(Call call, int word, long expiresAt) {
        var session = call.session;
        if (expiresAt != Session.NEVER && expiresAt <= session.now()) {
            session.remove();
        } else {
            session.putString(call.address(word), call.length(word), expiresAt);
        }
    }

    private static void setNx(Call call) {
        boolean absent = call.seek(1) == Kind.ABSENT;
        if (absent) {
            put(call, 2, Session.NEVER);
        }
        call.reply.bool(absent);
    }

    private static void setExpiring(Call call, int unit) {
        if (!call.integer(2)) {
            return;
        }
        long expiresAt = ExpiryCommands.moment(call.number(), unit, call.session.now());
        if (call.number() <= 0 || expiresAt < 0) {
            call.reply.error("ERR invalid expire time in '" + call.spec().name() + "' command");
            return;
        }
        call.seek(1);
        put(call, 3, expiresAt);
        call.reply.ok();
    }

    private static void getSet(Call call) {
        if (call.seekString(1)) {
            replyValueOrNil(call);
            put(call, 2, Session.NEVER);
        }
    }

    private static void getDel(Call call) {
        if (call.seekString(1)) {
            replyValueOrNil(call);
            if (!call.absent()) {
                call.session.remove();
            }
        }
    }

    private static void getEx(Call call) {
        if (SetOptions.parseGetEx(call, 2) < 0 || !call.seekString(1)) {
            return;
        }
        var options = call.loop.setOptions();
        if (!call.absent() && options.readExpiry(call) < 0) {
            return;
        }
        replyValueOrNil(call);
        if (call.absent()) {
            return;
        }
        var session = call.session;
        if (options.expires) {
            if (options.expiresAt <= session.now()) {
                session.remove();
            } else {
                session.expire(options.expiresAt);
            }
        } else if (options.persist && session.expiresAt() != Session.NEVER) {
            session.expire(Session.NEVER);
        }
    }

    private static void append(Call call) {
        if (!call.seekString(1)) {
            return;
        }
        var session = call.session;
        int before = call.absent() ? 0 : session.valueLength();
        long after = (long) before + call.length(2);
        if (after > Decoder.MAX_BULK) {
            call.reply.error(TOO_LARGE);
            return;
        }
        if (call.absent()) {
            put(call, 2, Session.NEVER);
        } else if (call.length(2) > 0) {
            session.writeString(before, call.address(2), call.length(2));
        }
        call.reply.integer(after);
    }

    private static void strlen(Call call) {
        if (call.seekString(1)) {
            call.reply.integer(call.absent() ? 0 : call.session.valueLength());
        }
    }

    private static void getRange(Call call) {
        if (!call.integer(2)) {
            return;
        }
        long start = call.number();
        if (!call.integer(3)) {
            return;
        }
        long end = call.number();
        if (!call.seekString(1)) {
            return;
        }
        var session = call.session;
        long length = call.absent() ? 0 : session.valueLength();
        if (start < 0 && end < 0 && start > end) {
            call.reply.bulk(0, 0);
            return;
        }
        start = Math.max(0, start < 0 ? start + length : start);
        end = Math.max(0, end < 0 ? end + length : end);
        end = Math.min(end, length - 1);
        if (start > end || length == 0) {
            call.reply.bulk(0, 0);
        } else {
            call.replyRead(session.valueAddress() + start, (int) (end - start + 1));
        }
    }

    private static void setRange(Call call) {
        if (!call.integer(2)) {
            return;
        }
        long offset = call.number();
        if (offset < 0) {
            call.reply.error("ERR offset is out of range");
            return;
        }
        if (!call.seekString(1)) {
            return;
        }
        var session = call.session;
        int length = call.absent() ? 0 : session.valueLength();
        if (call.length(3) == 0) {
            call.reply.integer(length);
            return;
        }
        if (offset > Decoder.MAX_BULK || offset + call.length(3) > Decoder.MAX_BULK) {
            call.reply.error(TOO_LARGE);
            return;
        }
        session.writeString((int) offset, call.address(3), call.length(3));
        call.reply.integer(Math.max(length, offset + call.length(3)));
    }

    private static void mget(Call call) {
        int words = call.count();
        call.reply.array(words - 1L);
        for (int word = 1; word < words; word++) {
            if (call.seek(word) == Kind.STRING) {
                call.replyValue();
            } else {
                call.reply.nil();
            }
        }
    }

    private static boolean paired(Call call) {
        if (call.count() % 2 == 1) {
            return true;
        }
        call.wrongCount();
        return false;
    }

    private static void putPairs(Call call) {
        for (int word = 1; word < call.count(); word += 2) {
            call.seek(word);
            put(call, word + 1, Session.NEVER);
        }
    }

    private static void mset(Call call) {
        if (paired(call)) {
            putPairs(call);
            call.reply.ok();
        }
    }

    private static void msetNx(Call call) {
        if (!paired(call)) {
            return;
        }
        for (int word = 1; word < call.count(); word += 2) {
            if (call.seek(word) != Kind.ABSENT) {
                call.reply.bool(false);
                return;
            }
        }
        putPairs(call);
        call.reply.bool(true);
    }
}
