package sherd.server.resp;

import static sherd.server.resp.CommandSpec.Group.HASH;
import static sherd.server.resp.CommandSpec.READ;

import java.util.Arrays;
import java.util.List;
import sherd.engine.memory.OffHeap;

/** Some fields of a hash: step by step, or by chance. */
final class HashSampleCommands {
    /** Hashes up to this size come in one step, and larger ones in steps of at least as many fields. */
    private static final int STEP_FIELDS = 512;

    private static final int HASH_BITS = 48;
    private static final int MAX_DRAWS = 1 << 20;

    private HashSampleCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(new CommandSpec("hscan", -3, READ, 1, 1, 1, HASH, "Iterate over a hash", HashSampleCommands::scan));
        to.add(new CommandSpec(
                "hrandfield", -2, READ, 1, 1, 1, HASH, "Get fields by chance", HashSampleCommands::random));
    }

    /**
     * The cursor is a place in the space of field hashes, so a field that is there from start to end is seen whatever
     * happens to the others, and nothing is remembered between calls.
     */
    private static void scan(Call call) {
        long cursor = KeyspaceCommands.cursor(call, 2);
        if (cursor < 0) {
            return;
        }
        if (!call.seekHash(1)) {
            return;
        }
        if (call.absent()) {
            // Redis looks at the options only when there is a key
            emit(call, 0, 0, 0, new KeyspaceCommands.ScanOptions());
            return;
        }
        var options = KeyspaceCommands.options(call, 3, false);
        if (options == null) {
            return;
        }
        int fields = call.session.fieldCount();
        long space = 1L << HASH_BITS;
        if (cursor >= space) {
            emit(call, 0, 0, 0, options);
        } else if (fields <= STEP_FIELDS) {
            emit(call, 0, space, 0, options);
        } else {
            long width = space / fields * Math.max(STEP_FIELDS, options.count);
            long end = cursor + width >= space ? space : cursor + width;
            emit(call, cursor, end, end == space ? 0 : end, options);
        }
    }

    private static void emit(Call call, long from, long to, long next, KeyspaceCommands.ScanOptions options) {
        var session = call.session;
        call.reply.array(2);
        call.reply.bulkInteger(next);
        try (var found = new KeyspaceCommands.Found(call.loop.engine().memory())) {
            if (from < to) {
                session.firstField();
                while (session.nextField()) {
                    long name = session.fieldNameAddress();
                    int length = session.fieldNameLength();
                    long place = OffHeap.hash(name, length) >>> (64 - HASH_BITS);
                    if (place >= from && place < to && (options.match == null || options.match.matches(name, length))) {
                        found.add(name, length);
                        found.add(session.fieldValueAddress(), session.fieldValueLength());
                    }
                }
            }
            found.copyTo(call.reply);
        }
    }

    private static void random(Call call) {
        if (call.count() == 2) {
            one(call);
            return;
        }
        if (!call.integer(2)) {
            return;
        }
        long count = call.number();
        if (count == Long.MIN_VALUE) {
            call.reply.error(
                    "ERR value is out of range, value must between " + -Long.MAX_VALUE + " and " + Long.MAX_VALUE);
            return;
        }
        boolean values = call.count() == 4 && call.is(3, "withvalues");
        if (call.count() > 4 || (call.count() == 4 && !values)) {
            call.syntaxError();
            return;
        }
        if (values && (count < -(Long.MAX_VALUE / 2) || count > Long.MAX_VALUE / 2)) {
            call.reply.error("ERR value is out of range");
            return;
        }
        if (!call.seekHash(1)) {
            return;
        }
        if (call.absent() || count == 0) {
            call.reply.array(0);
        } else if (count > 0) {
            distinct(call, count, values);
        } else {
            repeated(call, -count, values);
        }
    }

    private static void one(Call call) {
        if (!call.seekHash(1)) {
            return;
        }
        var session = call.session;
        if (call.absent()) {
            call.reply.nil();
            return;
        }
        int chosen = call.loop.random().nextInt(session.fieldCount());
        session.firstField();
        for (int i = 0; session.nextField(); i++) {
            if (i == chosen) {
                call.reply.bulk(session.fieldNameAddress(), session.fieldNameLength());
                return;
            }
        }
    }

    private static void begin(Call call, long count, boolean values) {
        call.reply.array(values && !call.reply.resp3() ? count * 2 : count);
    }

    private static void field(Call call, boolean values) {
        var session = call.session;
        if (values && call.reply.resp3()) {
            call.reply.array(2);
        }
        call.reply.bulk(session.fieldNameAddress(), session.fieldNameLength());
        if (values) {
            call.reply.bulk(session.fieldValueAddress(), session.fieldValueLength());
        }
    }

    /** One pass: each field is taken with the chance that is left for it. */
    private static void distinct(Call call, long count, boolean values) {
        var session = call.session;
        int left = session.fieldCount();
        int wanted = (int) Math.min(count, left);
        begin(call, wanted, values);
        session.firstField();
        while (session.nextField()) {
            if (wanted > 0 && call.loop.random().nextInt(left) < wanted) {
                field(call, values);
                wanted--;
            }
            left--;
        }
    }

    private static void repeated(Call call, long count, boolean values) {
        if (count > MAX_DRAWS) {
            call.reply.error("ERR too many fields at once: count=" + count + " limit=" + MAX_DRAWS);
            return;
        }
        var session = call.session;
        int fields = session.fieldCount();
        var draws = new int[(int) count];
        for (int i = 0; i < draws.length; i++) {
            draws[i] = call.loop.random().nextInt(fields);
        }
        Arrays.sort(draws);
        begin(call, count, values);
        session.firstField();
        int next = 0;
        for (int i = 0; session.nextField(); i++) {
            while (next < draws.length && draws[next] == i) {
                field(call, values);
                next++;
            }
        }
    }
}
