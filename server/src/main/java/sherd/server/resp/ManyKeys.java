package sherd.server.resp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/**
 * An MGET of very many keys: answered group by group, each atomic, and some groups a turn. So neither its reply, nor the
 * shards it locks, nor the time until others have their turn grow with the number of keys; when the client reads
 * slowly, the rest waits in the store.
 */
final class ManyKeys implements AutoCloseable {
    /** An MGET of up to so many keys is one unit of work. */
    static final int ONE_UNIT = 1024;

    private static final int GROUP = 128;
    /** After so many, others have their turn. */
    private static final int TURN_KEYS = 4 * GROUP;

    private final CommandSpec spec;
    private final Places words;
    private final int bytes;
    private int next = 1;

    private ManyKeys(CommandSpec spec, Places words, int bytes) {
        this.spec = spec;
        this.words = words;
        this.bytes = bytes;
    }

    /** Takes a command over from a batch; {@code start} is where its bytes are. */
    static ManyKeys of(Batch batch, int command, long start, MemoryBudget budget) {
        var words = batch.takePlaces();
        if (words == null) {
            int count = batch.count(command);
            words = new Places(budget, count);
            for (int word = 0; word < count; word++) {
                words.add((int) (batch.address(command, word) - start), batch.length(command, word));
            }
        }
        return new ManyKeys(Objects.requireNonNull(batch.spec(command)), words, batch.bytes(command));
    }

    private static boolean is(@Nullable CommandSpec spec, int words) {
        return words > ONE_UNIT + 1 && spec != null && spec.name().equals("mget");
    }

    /** Whether a command of these words is one of these: of many keys, all well-formed. */
    static boolean takes(@Nullable CommandSpec spec, Places words) {
        return is(spec, words.size()) && words.longest() <= RespLoop.MAX_KEY;
    }

    /** Whether a decoded command is one. */
    static boolean is(Batch batch, int command) {
        int words = batch.count(command);
        if (batch.placed()) {
            return true;
        }
        if (!is(batch.spec(command), words)) {
            return false;
        }
        for (int word = 1; word < words; word++) {
            if (batch.length(command, word) > RespLoop.MAX_KEY) {
                return false;
            }
        }
        return true;
    }

    CommandSpec spec() {
        return spec;
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
        int count = words.size();
        if (next == 1) {
            reply.array(count - 1L);
        }
        int most = Math.min(count, next + TURN_KEYS);
        while (next < most && reply.size() < Connection.TURN_REPLY_BYTES) {
            int to = Math.min(next + GROUP, count);
            if (!answerGroup(loop, connection, at, to)) {
                break;
            }
        }
        if (reply.size() > 0) {
            loop.mark(false);
        }
        return next == count;
    }

    /** False if the keys must be fetched first. */
    private boolean answerGroup(RespLoop loop, Connection connection, long start, int to) {
        var session = loop.session();
        var coldFailure = connection.takeColdFailure();
        session.begin();
        for (int word = next; word < to; word++) {
            session.addKey(start + words.offset(word), words.length(word));
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
                answerKey(loop, start + words.offset(next), words.length(next));
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

    @Override
    public void close() {
        words.close();
    }
}
