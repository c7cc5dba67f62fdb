package sherd.server.resp;

import static sherd.server.resp.CommandSpec.ALONE;
import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.GENERIC;
import static sherd.server.resp.CommandSpec.Group.SERVER;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
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
    static final class Found implements Connection.Outcome {
        private final Reply keys;
        private int count;
        private long next;

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
            copyItemsTo(reply);
        }

        /** Without their count before them. */
        void copyItemsTo(Reply reply) {
            reply.raw(keys.address(), keys.size());
        }

        @Override
        public void close() {
            keys.close();
        }
    }

    private record Flushed(long lsn) implements Connection.Outcome {
        @Override
        public void close() {
            // a number holds nothing
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
        walk(
                call,
                (engine, found) ->
                        found.next = engine.scan(engine.keyValue(), cursor, options.count, (address, length, kind) -> {
                            boolean typed = options.type == null || options.type.equals(KeyCommands.typeName(kind));
                            if (typed && (options.match == null || options.match.matches(address, length))) {
                                found.add(address, length);
                            }
                        }),
                found -> {
                    call.reply.array(2);
                    call.reply.bulkInteger(found.next);
                    found.copyTo(call.reply);
                });
    }

    private static void keys(Call call) {
        var glob = new Glob(call.bytes(1));
        try {
            walk(
                    call,
                    (engine, found) -> {
                        long cursor = 0;
                        do {
                            cursor = engine.scan(engine.keyValue(), cursor, KEYS_STEP, (address, length, kind) -> {
                                if (glob.matches(address, length)) {
                                    found.add(address, length);
                                }
                            });
                        } while (cursor != 0);
                    },
                    found -> found.copyTo(call.reply));
        } catch (StoreException e) {
            if (e.code() != ErrorCode.TOO_LARGE) {
                throw e;
            }
            call.reply.error("ERR too many keys match to list them at once; use SCAN");
        }
    }

    private static void randomKey(Call call) {
        walk(
                call,
                (engine, found) ->
                        engine.randomKey(engine.keyValue(), (address, length, kind) -> found.add(address, length)),
                found -> {
                    if (found.count() == 0) {
                        call.reply.nil();
                    } else {
                        found.copyItemsTo(call.reply);
                    }
                });
    }

    /** A way through the keys that fills what was found. */
    private interface Walk {
        void over(Engine engine, Found found);
    }

    /**
     * Walks at once if all keys are in memory. Archived ones are read from files: then a worker walks, and this command
     * comes again to answer.
     */
    private static void walk(Call call, Walk walk, Consumer<Found> answer) {
        var engine = call.loop.engine();
        var connection = call.connection();
        var failure = connection.takeColdFailure();
        if (failure != null) {
            throw failure;
        }
        if (connection.takeOutcome() instanceof Found found) {
            try (found) {
                answer.accept(found);
            }
        } else if (engine.keyValue().archived().rows() == 0) {
            try (var found = walked(engine, walk)) {
                answer.accept(found);
            }
        } else if (connection.transaction().open()) {
            call.reply.error("ERR " + call.spec().name()
                    + " reads archived keys, which a transaction cannot wait for; run it outside of MULTI");
        } else {
            connection.suspendWhile(() -> walked(engine, walk));
        }
    }

    private static Found walked(Engine engine, Walk walk) {
        var found = new Found(engine.memory());
        boolean done = false;
        try {
            walk.over(engine, found);
            done = true;
            return found;
        } finally {
            if (!done) {
                found.close();
            }
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
        if (connection.takeOutcome() instanceof Flushed(var lsn)) {
            call.loop.waitFor(lsn);
            call.reply.ok();
        } else {
            connection.suspendWhile(() -> new Flushed(engine.flush(engine.keyValue())));
        }
    }
}
