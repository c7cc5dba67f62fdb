package sherd.server.resp;

import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.STRING;
import static sherd.server.resp.CommandSpec.WRITE;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.OffHeap;
import sherd.engine.route.Session;

/** Strings that are numbers. */
final class CounterCommands {
    static final String OVERFLOW = "ERR increment or decrement would overflow";
    static final String NOT_FINITE = "ERR increment would produce NaN or Infinity";

    private CounterCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(spec("incr", 2, "Add one to the integer of a key", c -> step(c, 1)));
        to.add(spec("decr", 2, "Subtract one from the integer of a key", c -> step(c, -1)));
        to.add(spec("incrby", 3, "Add to the integer of a key", CounterCommands::increase));
        to.add(spec("decrby", 3, "Subtract from the integer of a key", CounterCommands::decrease));
        to.add(spec("incrbyfloat", 3, "Add to the floating point number of a key", CounterCommands::increaseFloat));
    }

    private static CommandSpec spec(String name, int arity, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(name, arity, WRITE | FAST, 1, 1, 1, STRING, summary, handler);
    }

    private static void increase(Call call) {
        if (call.integer(2)) {
            step(call, call.number());
        }
    }

    private static void decrease(Call call) {
        if (!call.integer(2)) {
            return;
        }
        if (call.number() == Long.MIN_VALUE) {
            call.reply.error("ERR decrement would overflow");
            return;
        }
        step(call, -call.number());
    }

    private static void step(Call call, long by) {
        if (!call.seekString(1)) {
            return;
        }
        var session = call.session;
        boolean absent = call.absent();
        long value = 0;
        int before = 0;
        if (!absent) {
            before = session.valueLength();
            if (!Numbers.isLong(session.valueAddress(), before)) {
                call.reply.error(ErrorReplies.NOT_INTEGER);
                return;
            }
            value = Numbers.toLong(session.valueAddress(), before);
        }
        long sum = value + by;
        if (((value ^ sum) & (by ^ sum)) < 0) {
            call.reply.error(OVERFLOW);
            return;
        }
        long text = call.loop.scratch(Numbers.MAX_DIGITS + 8);
        int length = Numbers.put(text, sum);
        if (!absent && length == before) {
            session.writeString(0, text, length);
        } else {
            session.putString(text, length, absent ? Session.NEVER : session.expiresAt());
        }
        call.reply.integer(sum);
    }

    private static void increaseFloat(Call call) {
        if (!call.seekString(1)) {
            return;
        }
        var session = call.session;
        boolean absent = call.absent();
        var before = absent ? "0" : text(session.valueAddress(), session.valueLength());
        var sum = add(call, before, call.text(2), ErrorReplies.NOT_FLOAT);
        if (sum == null) {
            return;
        }
        var bytes = sum.getBytes(StandardCharsets.US_ASCII);
        long text = call.loop.scratch(bytes.length);
        OffHeap.copy(bytes, 0, text, bytes.length);
        session.putString(text, bytes.length, absent ? Session.NEVER : session.expiresAt());
        call.reply.bulk(bytes);
    }

    static String text(long address, int length) {
        return new String(OffHeap.toArray(address, Math.min(length, 6000)), StandardCharsets.ISO_8859_1);
    }

    /** The sum as text; null after answering with an error. */
    static @Nullable String add(Call call, String value, String by, String notFloat) {
        var left = LongDouble.parse(value);
        boolean infinite = left == null && LongDouble.isInfinite(value);
        if (left == null && !infinite) {
            call.reply.error(notFloat);
            return null;
        }
        var right = LongDouble.parse(by);
        if (right == null && !LongDouble.isInfinite(by)) {
            call.reply.error(ErrorReplies.NOT_FLOAT);
            return null;
        }
        if (left == null || right == null) {
            call.reply.error(NOT_FINITE);
            return null;
        }
        BigDecimal sum = LongDouble.add(left, right);
        if (LongDouble.tooLarge(sum)) {
            call.reply.error(NOT_FINITE);
            return null;
        }
        return LongDouble.text(sum);
    }
}
