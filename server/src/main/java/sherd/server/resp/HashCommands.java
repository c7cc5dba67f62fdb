package sherd.server.resp;

import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.HASH;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.nio.charset.StandardCharsets;
import java.util.List;
import sherd.engine.memory.OffHeap;

/** Fields of a key: free-form, or the columns of a table's row. */
final class HashCommands {
    private HashCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(spec("hset", -4, WRITE | FAST, "Set fields of a hash", c -> set(c, false)));
        to.add(spec("hmset", -4, WRITE | FAST, "Set fields of a hash", c -> set(c, true)));
        to.add(spec("hsetnx", 4, WRITE | FAST, "Set a field, only if it does not exist", HashCommands::setNx));
        to.add(spec("hget", 3, READ | FAST, "Get a field of a hash", HashCommands::get));
        to.add(spec("hmget", -3, READ | FAST, "Get fields of a hash", HashCommands::getMany));
        to.add(spec("hgetall", 2, READ, "Get all fields and values of a hash", HashCommands::getAll));
        to.add(spec("hkeys", 2, READ, "Get all fields of a hash", c -> list(c, true)));
        to.add(spec("hvals", 2, READ, "Get all values of a hash", c -> list(c, false)));
        to.add(spec("hdel", -3, WRITE | FAST, "Delete fields of a hash", HashCommands::delete));
        to.add(spec("hexists", 3, READ | FAST, "Tell whether a field exists", HashCommands::exists));
        to.add(spec("hlen", 2, READ | FAST, "Count the fields of a hash", HashCommands::length));
        to.add(spec("hstrlen", 3, READ | FAST, "Get the length of a field's value", HashCommands::valueLength));
        to.add(spec("hincrby", 4, WRITE | FAST, "Add to the integer of a field", HashCommands::increase));
        to.add(spec("hincrbyfloat", 4, WRITE | FAST, "Add to the number of a field", HashCommands::increaseFloat));
    }

    private static CommandSpec spec(String name, int arity, int flags, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(name, arity, flags, 1, 1, 1, HASH, summary, handler);
    }

    private static void set(Call call, boolean many) {
        if (call.count() % 2 == 1) {
            call.wrongCount();
            return;
        }
        if (!call.seekHash(1)) {
            return;
        }
        var session = call.session;
        // A value that does not fit its column refuses the whole command, so look at all before the first is set.
        for (int word = 2; call.count() > 4 && word < call.count(); word += 2) {
            session.checkPutField(call.address(word), call.length(word), call.address(word + 1), call.length(word + 1));
        }
        int added = 0;
        for (int word = 2; word < call.count(); word += 2) {
            if (session.putField(
                    call.address(word), call.length(word), call.address(word + 1), call.length(word + 1))) {
                added++;
            }
        }
        if (many) {
            call.reply.ok();
        } else {
            call.reply.integer(added);
        }
    }

    private static boolean find(Call call, int word) {
        return !call.absent() && call.session.findField(call.address(word), call.length(word));
    }

    private static void setNx(Call call) {
        if (!call.seekHash(1)) {
            return;
        }
        boolean free = !find(call, 2);
        if (free) {
            call.session.putField(call.address(2), call.length(2), call.address(3), call.length(3));
        }
        call.reply.bool(free);
    }

    private static void replyField(Call call, int word) {
        if (find(call, word)) {
            call.reply.bulk(call.session.fieldValueAddress(), call.session.fieldValueLength());
        } else {
            call.reply.nil();
        }
    }

    private static void get(Call call) {
        if (call.seekHash(1)) {
            replyField(call, 2);
        }
    }

    private static void getMany(Call call) {
        if (!call.seekHash(1)) {
            return;
        }
        call.reply.array(call.count() - 2L);
        for (int word = 2; word < call.count(); word++) {
            replyField(call, word);
        }
    }

    private static void getAll(Call call) {
        if (!call.seekHash(1)) {
            return;
        }
        if (call.absent()) {
            call.reply.map(0);
            return;
        }
        var session = call.session;
        call.reply.map(session.fieldCount());
        session.firstField();
        while (session.nextField()) {
            call.reply.bulk(session.fieldNameAddress(), session.fieldNameLength());
            call.reply.bulk(session.fieldValueAddress(), session.fieldValueLength());
        }
    }

    private static void list(Call call, boolean names) {
        if (!call.seekHash(1)) {
            return;
        }
        if (call.absent()) {
            call.reply.array(0);
            return;
        }
        var session = call.session;
        call.reply.array(session.fieldCount());
        session.firstField();
        while (session.nextField()) {
            if (names) {
                call.reply.bulk(session.fieldNameAddress(), session.fieldNameLength());
            } else {
                call.reply.bulk(session.fieldValueAddress(), session.fieldValueLength());
            }
        }
    }

    private static void delete(Call call) {
        if (!call.seekHash(1)) {
            return;
        }
        for (int word = 2; call.count() > 3 && word < call.count(); word++) {
            call.session.checkRemoveField(call.address(word), call.length(word));
        }
        int deleted = 0;
        for (int word = 2; word < call.count() && !call.absent(); word++) {
            if (call.session.removeField(call.address(word), call.length(word))) {
                deleted++;
            }
        }
        call.reply.integer(deleted);
    }

    private static void exists(Call call) {
        if (call.seekHash(1)) {
            call.reply.bool(find(call, 2));
        }
    }

    private static void length(Call call) {
        if (call.seekHash(1)) {
            call.reply.integer(call.absent() ? 0 : call.session.fieldCount());
        }
    }

    private static void valueLength(Call call) {
        if (call.seekHash(1)) {
            call.reply.integer(find(call, 2) ? call.session.fieldValueLength() : 0);
        }
    }

    private static void increase(Call call) {
        if (!call.integer(3) || !call.seekHash(1)) {
            return;
        }
        long by = call.number();
        long value = 0;
        var session = call.session;
        if (find(call, 2)) {
            long address = session.fieldValueAddress();
            int length = session.fieldValueLength();
            if (!Numbers.isLong(address, length)) {
                call.reply.error("ERR hash value is not an integer");
                return;
            }
            value = Numbers.toLong(address, length);
        }
        long sum = value + by;
        if (((value ^ sum) & (by ^ sum)) < 0) {
            call.reply.error(CounterCommands.OVERFLOW);
            return;
        }
        long text = call.loop.scratch(Numbers.MAX_DIGITS + 8);
        int length = Numbers.put(text, sum);
        session.putField(call.address(2), call.length(2), text, length);
        call.reply.integer(sum);
    }

    private static void increaseFloat(Call call) {
        var by = call.text(3);
        if (LongDouble.parse(by) == null && !LongDouble.isInfinite(by)) {
            call.reply.error(ErrorReplies.NOT_FLOAT);
            return;
        }
        if (LongDouble.isInfinite(by)) {
            call.reply.error("ERR value is NaN or Infinity");
            return;
        }
        if (!call.seekHash(1)) {
            return;
        }
        var session = call.session;
        var before =
                find(call, 2) ? CounterCommands.text(session.fieldValueAddress(), session.fieldValueLength()) : "0";
        var sum = CounterCommands.add(call, before, by, "ERR hash value is not a float");
        if (sum == null) {
            return;
        }
        var bytes = sum.getBytes(StandardCharsets.US_ASCII);
        long text = call.loop.scratch(bytes.length);
        OffHeap.copy(bytes, 0, text, bytes.length);
        session.putField(call.address(2), call.length(2), text, bytes.length);
        call.reply.bulk(bytes);
    }
}
