package sherd.server.resp;

import static sherd.server.resp.CommandSpec.ALONE;
import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.TRANSACTIONS;
import static sherd.server.resp.CommandSpec.NOSCRIPT;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.UNQUEUED;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;

/**
 * MULTI to EXEC: all keys of all queued commands are locked at once, so others see all of it or nothing, and the commit
 * log too. Commands over the whole key space (FLUSHALL, KEYS, ...) split a transaction: what stands before and after
 * them are units of their own.
 */
final class TransactionCommands {
    private TransactionCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(spec("multi", 1, ALONE | UNQUEUED | FAST, 0, "Start a transaction", TransactionCommands::multi));
        to.add(spec("exec", 1, WRITE | ALONE | UNQUEUED, 0, "Run a transaction", TransactionCommands::exec));
        to.add(spec("discard", 1, ALONE | UNQUEUED | FAST, 0, "Drop a transaction", TransactionCommands::discard));
        to.add(spec("watch", -2, READ | UNQUEUED | FAST, 1, "Make EXEC depend on keys", TransactionCommands::watch));
        to.add(spec("unwatch", 1, FAST | NOSCRIPT, 0, "Forget watched keys", TransactionCommands::unwatch));
    }

    private static CommandSpec spec(
            String name, int arity, int flags, int key, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(name, arity, flags, key, -key, key, TRANSACTIONS, summary, handler);
    }

    private static void multi(Call call) {
        var transaction = call.connection().transaction();
        if (transaction.open()) {
            call.reply.error("ERR MULTI calls can not be nested");
        } else {
            transaction.start();
            call.reply.ok();
        }
    }

    private static void discard(Call call) {
        var transaction = call.connection().transaction();
        if (transaction.open()) {
            transaction.end();
            call.reply.ok();
        } else {
            call.reply.error("ERR DISCARD without MULTI");
        }
    }

    private static void watch(Call call) {
        var transaction = call.connection().transaction();
        if (transaction.open()) {
            call.reply.error("ERR WATCH inside MULTI is not allowed");
            return;
        }
        for (int word = 1; word < call.count(); word++) {
            call.seek(word);
            if (!transaction.watch(call.session, call.address(word), call.length(word))) {
                call.reply.error(
                        "ERR too many keys are watched: keys=" + transaction.watchedKeys() + "; UNWATCH first");
                return;
            }
        }
        call.reply.ok();
    }

    private static void unwatch(Call call) {
        call.connection().transaction().unwatch();
        call.reply.ok();
    }

    private static void exec(Call call) {
        var connection = call.connection();
        var transaction = connection.transaction();
        if (!transaction.open()) {
            call.reply.error("ERR EXEC without MULTI");
            return;
        }
        if (transaction.broken()) {
            transaction.end();
            call.reply.error("EXECABORT Transaction discarded because of previous errors.");
            return;
        }
        var loop = call.loop;
        var session = loop.session();
        if (transaction.writes() && loop.engine().log().congested(transaction.bytes())) {
            connection.suspendUntilLogHasRoom(transaction.bytes());
            return;
        }
        var commands = loop.queued();
        transaction.fill(commands);
        session.begin();
        transaction.addWatched(session);
        boolean keys = loop.addKeys(commands, 0, commands.size()) || transaction.watchedKeys() > 0;
        var coldFailure = connection.takeColdFailure();
        if (keys && !session.lock()) {
            if (coldFailure != null) {
                transaction.end();
                throw coldFailure;
            }
            connection.suspendUntilWarm(session);
            return;
        }
        int resumeAt = call.commandIndex();
        try {
            if (transaction.unchanged(session)) {
                call.reply.array(commands.size());
                run(loop, connection, commands);
            } else {
                call.reply.nilArray();
            }
        } finally {
            try {
                release(loop);
            } finally {
                transaction.end();
                commands.clear();
                loop.restoreCall(connection, resumeAt);
            }
        }
    }

    private static void run(RespLoop loop, Connection connection, Batch commands) {
        var session = loop.session();
        boolean ready = true;
        for (int i = 0; i < commands.size(); i++) {
            var spec = commands.spec(i);
            boolean alone = spec != null && spec.alone();
            if (alone) {
                release(loop);
            } else if (spec != null && spec.firstKey() > 0 && !session.locked() && ready) {
                session.begin();
                ready = !loop.addKeys(commands, i, commands.size()) || session.lock();
            }
            if (!ready && !alone) {
                loop.reply().error("BUSY a key of this transaction moved to the archive meanwhile; run it again");
            } else {
                loop.executeQueued(connection, i);
            }
        }
    }

    private static void release(RespLoop loop) {
        if (loop.session().locked()) {
            loop.waitFor(loop.session().commit());
        }
    }
}
