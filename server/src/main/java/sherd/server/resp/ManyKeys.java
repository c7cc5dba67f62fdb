package sherd.server.resp;

import sherd.engine.command.Kind;
import sherd.engine.error.StoreException;

/**
 * An MGET of very many keys: answered group by group, each atomic, and some groups a turn. So neither its reply, nor the
 * shards it locks, nor the time until others have their turn grow with the number of keys; when the client reads
 * slowly, the rest waits in the store.
 */
final class ManyKeys {
    /** An MGET of up to so many keys is one unit of work. */
    static final int ONE_UNIT = 1024;

    private static final int GROUP = 128;
    /** After so many, others have their turn. */
    private static final int TURN_KEYS = 4 * GROUP;

    private final Batch batch;
    private final int command;
    private final long base;
    private final int bytes;
    private int next = 1;

    /**
     * @param batch decoded from where the command was then
     * @param base address of the command then
     * @param bytes of the command
     */
    ManyKeys(Batch batch, int command, long base, int bytes) {
        this.batch = batch;
        this.command = command;
        this.base = base;
        this.bytes = bytes;
    }

    /** Whether the command is one of these: of many keys, all well-formed. */
    static boolean is(Batch batch, int command) {
        var spec = batch.spec(command);
        int words = batch.count(command);
        if (words <= ONE_UNIT + 1 || spec == null || !spec.name().equals("mget")) {
            return false;
        }
        for (int word = 1; word < words; word++) {
            if (batch.length(command, word) > RespLoop.MAX_KEY) {
                return false;
            }
        }
        return true;
    }

    Batch batch() {
        return batch;
    }

    /** Of the command in its batch. */
    int index() {
        return command;
    }

    int bytes() {
        return bytes;
    }

    /**
     * Goes on answering, as far as a turn goes; true when all is answered.
     *
     * @param at where the command is now
     */
    boolean answer(RespLoop loop, Connection connection, long at) {
        var reply = loop.reply();
        int words = batch.count(command);
        if (next == 1) {
            reply.array(words - 1L);
        }
        int most = next + TURN_KEYS;
        while (next < Math.min(words, most) && reply.size() < Connection.TURN_REPLY_BYTES) {
            int to = Math.min(next + GROUP, words);
            if (!answerGroup(loop, connection, at - base, to)) {
                break;
            }
        }
        if (reply.size() > 0) {
            loop.mark(false);
        }
        return next == words;
    }

    /** False if the keys must be fetched first. */
    private boolean answerGroup(RespLoop loop, Connection connection, long moved, int to) {
        var session = loop.session();
        var coldFailure = connection.takeColdFailure();
        session.begin();
        for (int word = next; word < to; word++) {
            session.addKey(batch.address(command, word) + moved, batch.length(command, word));
        }
        try {
            if (!session.lock()) {
                if (coldFailure == null) {
                    connection.suspendUntilWarm(session);
                    return false;
                }
                refuse(loop, to, coldFailure);
                return true;
            }
        } catch (StoreException e) {
            refuse(loop, to, e);
            return true;
        }
        try {
            while (next < to && loop.reply().size() < Connection.TURN_REPLY_BYTES) {
                answerKey(loop, batch.address(command, next) + moved, batch.length(command, next));
                next++;
            }
        } finally {
            session.commit();
        }
        return true;
    }

    private static void answerKey(RespLoop loop, long key, int length) {
        var reply = loop.reply();
        var session = loop.session();
        int size = reply.size();
        try {
            if (session.seek(key, length) == Kind.STRING) {
                reply.bulk(session.valueAddress(), session.valueLength());
            } else {
                reply.nil();
            }
        } catch (StoreException e) {
            reply.truncate(size);
            reply.error(ErrorReplies.of(e));
        }
    }

    /** Elements before may be with the client already, so what is left gets errors as its elements. */
    private void refuse(RespLoop loop, int to, StoreException failure) {
        for (; next < to; next++) {
            loop.reply().error(ErrorReplies.of(failure));
        }
    }
}
