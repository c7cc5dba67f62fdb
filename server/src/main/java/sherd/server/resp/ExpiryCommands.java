package sherd.server.resp;

import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.GENERIC;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;
import sherd.engine.route.Session;

/** When keys end. */
final class ExpiryCommands {
    private ExpiryCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(write("expire", -3, "Set a key's time to live in seconds", c -> expire(c, 1000, false)));
        to.add(write("pexpire", -3, "Set a key's time to live in milliseconds", c -> expire(c, 1, false)));
        to.add(write("expireat", -3, "Set the second at which a key ends", c -> expire(c, 1000, true)));
        to.add(write("pexpireat", -3, "Set the millisecond at which a key ends", c -> expire(c, 1, true)));
        to.add(write("persist", 2, "Remove the expiration of a key", ExpiryCommands::persist));
        to.add(read("ttl", "Get the time to live of a key in seconds", c -> left(c, 1000, false)));
        to.add(read("pttl", "Get the time to live of a key in milliseconds", c -> left(c, 1, false)));
        to.add(read("expiretime", "Get the second at which a key ends", c -> left(c, 1000, true)));
        to.add(read("pexpiretime", "Get the millisecond at which a key ends", c -> left(c, 1, true)));
    }

    private static CommandSpec write(String name, int arity, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(name, arity, WRITE | FAST, 1, 1, 1, GENERIC, summary, handler);
    }

    private static CommandSpec read(String name, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(name, 2, READ | FAST, 1, 1, 1, GENERIC, summary, handler);
    }

    /** The millisecond that is {@code amount} units after {@code base}; negative when there is no such moment. */
    static long moment(long amount, int unit, long base) {
        if (amount > (Long.MAX_VALUE - base) / unit) {
            return -1;
        }
        return amount * unit + base;
    }

    private static void expire(Call call, int unit, boolean absolute) {
        boolean ifNone = false;
        boolean ifSome = false;
        boolean ifLater = false;
        boolean ifSooner = false;
        for (int word = 3; word < call.count(); word++) {
            if (call.is(word, "nx")) {
                ifNone = true;
            } else if (call.is(word, "xx")) {
                ifSome = true;
            } else if (call.is(word, "gt")) {
                ifLater = true;
            } else if (call.is(word, "lt")) {
                ifSooner = true;
            } else {
                call.reply.error("ERR Unsupported option " + call.text(word));
                return;
            }
        }
        if (ifNone && (ifSome || ifLater || ifSooner)) {
            call.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
            return;
        }
        if (ifLater && ifSooner) {
            call.reply.error("ERR GT and LT options at the same time are not compatible");
            return;
        }
        if (!call.integer(2)) {
            return;
        }
        long amount = call.number();
        long base = absolute ? 0 : call.session.now();
        if (outOfRange(amount, unit, base)) {
            call.reply.error("ERR invalid expire time in '" + call.spec().name() + "' command");
            return;
        }
        long moment = amount * unit + base;
        call.seek(1);
        call.reply.bool(!call.absent() && apply(call.session, moment, ifNone, ifSome, ifLater, ifSooner));
    }

    private static boolean outOfRange(long amount, int unit, long base) {
        return amount > Long.MAX_VALUE / unit
                || amount < Long.MIN_VALUE / unit
                || amount * unit > Long.MAX_VALUE - base;
    }

    private static boolean apply(
            Session session, long moment, boolean ifNone, boolean ifSome, boolean ifLater, boolean ifSooner) {
        long current = session.expiresAt();
        boolean none = current == Session.NEVER;
        if ((ifNone && !none) || (ifSome && none)) {
            return false;
        }
        if ((ifLater && (none || moment <= current)) || (ifSooner && !none && moment >= current)) {
            return false;
        }
        if (moment <= session.now()) {
            session.remove();
        } else {
            session.expire(moment);
        }
        return true;
    }

    private static void persist(Call call) {
        call.seek(1);
        boolean had = !call.absent() && call.session.expiresAt() != Session.NEVER;
        if (had) {
            call.session.expire(Session.NEVER);
        }
        call.reply.bool(had);
    }

    private static void left(Call call, int unit, boolean absolute) {
        call.seek(1);
        if (call.absent()) {
            call.reply.integer(-2);
            return;
        }
        long at = call.session.expiresAt();
        if (at == Session.NEVER) {
            call.reply.integer(-1);
            return;
        }
        long value = absolute ? at : Math.max(0, at - call.session.now());
        call.reply.integer(unit == 1 ? value : (value + 500) / 1000);
    }
}
