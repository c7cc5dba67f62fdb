package sherd.server.resp;

import static sherd.server.resp.CommandSpec.ALONE;
import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.GENERIC;
import static sherd.server.resp.CommandSpec.Group.SERVER;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/** Commands over all plain keys. Rows of tables are not among them; HTTP lists those. */
final class KeyspaceCommands {
    private static final int DEFAULT_COUNT = 10;
    private static final int MAX_COUNT = 10_000;
    private static final int KEYS_STEP = 1_000;

    private KeyspaceCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(new CommandSpec("scan", -2, READ | ALONE, 0, 0, 0, GENERIC, "Iterate over the keys", c -> scan(c)));
        to.add(new CommandSpec("keys", 2, READ | ALONE, 0, 0, 0, GENERIC, "Find all keys that match", c -> keys(c)));
        to.add(new CommandSpec(
                "randomkey", 1, READ | ALONE, 0, 0, 0, GENERIC, "Get any key", KeyspaceCommands::randomKey));
        to.add(new CommandSpec(
                "dbsize", 1, READ | ALONE | FAST, 0, 0, 0, SERVER, "Count the keys", KeyspaceCommands::size));
        to.add(new CommandSpec("flushdb", -1, WRITE | ALONE, 0, 0, 0, SERVER, "Remove all keys", c -> flush(c)));
        to.add(new CommandSpec("flushall", -1, WRITE | ALONE, 0, 0, 0, SERVER, "Remove all keys", c -> flush(c)));
    }

    /** Found keys, encoded as bulk strings as they come. */
    static final class Found implements AutoCloseable {
        private final Reply keys;
        private int count;

        Found(MemoryBudget budget) {
            keys = new Reply(budget);
        }

        void add(long address, int length) {
            keys.bulk(address, length);
            count++;
        }

        int count() {
            return count;
        }

        void copyTo(Reply reply) {
            reply.array(count);
            reply.raw(keys.address(), keys.size());
        }

        @Override
        public void close() {
            keys.close();
        }
    }

    /** MATCH, COUNT and TYPE of SCAN and HSCAN. */
    static final class ScanOptions {
        int count = DEFAULT_COUNT;

        @Nullable
        Glob match;

        @Nullable
        String type;
    }

    /** Null after answering with an error. */
    static @Nullable ScanOptions options(Call call, int from, boolean typed) {
        var options = new ScanOptions();
        for (int word = from; word < call.count(); word += 2) {
            boolean more = word + 1 < call.count();
            if (more && call.is(word, "count")) {
                if (!call.integer(word + 1)) {
                    return null;
                }
                if (call.number() < 1) {
                    call.syntaxError();
                    return null;
                }
                options.count = (int) Math.min(MAX_COUNT, call.number());
            } else if (more && call.is(word, "match")) {
                options.match = new Glob(call.bytes(word + 1));
            } else if (more && typed && call.is(word, "type")) {
                options.type = call.lower(word + 1);
            } else {
                call.syntaxError();
                return null;
            }
        }
        return options;
    }

    /** Reads a cursor; -1 after answering with an error. */
    static long cursor(Call call, int word) {
        if (call.integer(word, "ERR invalid cursor")) {
            if (call.number() >= 0) {
                return call.number();
            }
            call.reply.error("ERR invalid cursor");
        }
        return -1;
    }

    private static void scan(Call call) {
        long cursor = cursor(call, 1);
        if (cursor < 0) {
            return;
        }
        var options = options(call, 2, true);
        if (options == null) {
            return;
        }
        var engine = call.loop.engine();
        try (var found = new Found(engine.memory())) {
            long next = engine.scan(engine.keyValue(), cursor, options.count, (address, length, kind) -> {
                boolean typed = options.type == null || options.type.equals(KeyCommands.typeName(kind));
                if (typed && (options.match == null || options.match.matches(address, length))) {
                    found.add(address, length);
                }
            });
            call.reply.array(2);
            call.reply.bulkInteger(next);
            found.copyTo(call.reply);
        }
    }

    private static void keys(Call call) {
        var glob = new Glob(call.bytes(1));
        var engine = call.loop.engine();
        try (var found = new Found(engine.memory())) {
            long cursor = 0;
            do {
                cursor = engine.scan(engine.keyValue(), cursor, KEYS_STEP, (address, length, kind) -> {
                    if (glob.matches(address, length)) {
                        found.add(address, length);
                    }
                });
            } while (cursor != 0);
            found.copyTo(call.reply);
        } catch (StoreException e) {
            if (e.code() != ErrorCode.TOO_LARGE) {
                throw e;
            }
            call.reply.error("ERR too many keys match to list them at once; use SCAN");
        }
    }

    private static void randomKey(Call call) {
        var engine = call.loop.engine();
        var reply = call.reply;
        if (!engine.randomKey(engine.keyValue(), (address, length, kind) -> reply.bulk(address, length))) {
            reply.nil();
        }
    }

    private static void size(Call call) {
        var engine = call.loop.engine();
        call.reply.integer(engine.size(engine.keyValue()));
    }

    private static void flush(Call call) {
        boolean plain = call.count() == 1;
        if (!plain && (call.count() > 2 || !(call.is(1, "async") || call.is(1, "sync")))) {
            call.syntaxError();
            return;
        }
        var engine = call.loop.engine();
        var connection = call.connection();
        if (connection.transaction().open()) {
            call.loop.waitFor(engine.flush(engine.keyValue()));
            call.reply.ok();
            return;
        }
        // Waits for archived rows, so it runs elsewhere, and this command comes again when it is done.
        var failure = connection.takeColdFailure();
        if (failure != null) {
            throw failure;
        }
        long lsn = connection.takeFlushed();
        if (lsn < 0) {
            connection.suspendWhile(() -> engine.flush(engine.keyValue()));
        } else {
            call.loop.waitFor(lsn);
            call.reply.ok();
        }
    }
}
