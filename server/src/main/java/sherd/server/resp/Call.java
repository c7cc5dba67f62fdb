package sherd.server.resp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.memory.OffHeap;
import sherd.engine.route.Session;

/**
 * The command being executed: its words, and what it works with. One per I/O thread, set to each command in turn.
 */
final class Call {
    final RespLoop loop;
    final Session session;
    final Reply reply;

    private Batch batch;
    private int command;
    private @Nullable Connection connection;
    private @Nullable CommandSpec spec;
    private long number;

    Call(RespLoop loop, Session session, Reply reply, Batch batch) {
        this.loop = loop;
        this.session = session;
        this.reply = reply;
        this.batch = batch;
    }

    void set(Connection target, Batch words, int index) {
        connection = target;
        batch = words;
        command = index;
        spec = words.spec(index);
    }

    Connection connection() {
        if (connection == null) {
            throw new IllegalStateException("no command is running");
        }
        return connection;
    }

    CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("no command is running");
        }
        return spec;
    }

    Batch batch() {
        return batch;
    }

    int commandIndex() {
        return command;
    }

    // words

    /** Number of words, the command's name included. */
    int count() {
        return batch.count(command);
    }

    long address(int word) {
        return batch.address(command, word);
    }

    int length(int word) {
        return batch.length(command, word);
    }

    /** Whether the word is this one, in upper or lower case; {@code lower} is in lower case. */
    boolean is(int word, String lower) {
        int length = length(word);
        if (length != lower.length()) {
            return false;
        }
        long at = address(word);
        for (int i = 0; i < length; i++) {
            int b = OffHeap.getByte(at + i);
            if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    byte[] bytes(int word) {
        return OffHeap.toArray(address(word), length(word));
    }

    String text(int word) {
        return new String(bytes(word), StandardCharsets.ISO_8859_1);
    }

    String utf8(int word) {
        return new String(bytes(word), StandardCharsets.UTF_8);
    }

    String lower(int word) {
        return text(word).toLowerCase(Locale.ROOT);
    }

    /** Reads a word as integer; on failure answers with an error and returns false. */
    boolean integer(int word) {
        return integer(word, ErrorReplies.NOT_INTEGER);
    }

    boolean integer(int word, String error) {
        if (!Numbers.isLong(address(word), length(word))) {
            reply.error(error);
            return false;
        }
        number = Numbers.toLong(address(word), length(word));
        return true;
    }

    /** The integer that {@link #integer} read last. */
    long number() {
        return number;
    }

    void wrongCount() {
        reply.error("ERR wrong number of arguments for '" + spec().name() + "' command");
    }

    void syntaxError() {
        reply.error(ErrorReplies.SYNTAX);
    }

    void wrongType() {
        reply.error(ErrorReplies.WRONG_TYPE);
    }

    // keys

    Kind seek(int word) {
        return session.seek(address(word), length(word));
    }

    /** Makes a key current that must be a string or absent; else answers WRONGTYPE and returns false. */
    boolean seekString(int word) {
        var kind = seek(word);
        if (kind == Kind.STRING || kind == Kind.ABSENT) {
            return true;
        }
        wrongType();
        return false;
    }

    /** Makes a key current that must have fields or be absent; else answers WRONGTYPE and returns false. */
    boolean seekHash(int word) {
        if (seek(word) != Kind.STRING) {
            return true;
        }
        wrongType();
        return false;
    }

    boolean absent() {
        return session.kind() == Kind.ABSENT;
    }

    /** Replies with the current string. */
    void replyValue() {
        reply.bulk(session.valueAddress(), session.valueLength());
    }

    /** Replies with bytes of the current string in a command that only reads. */
    void replyRead(long address, int length) {
        if (!loop.lend(this, address, length)) {
            reply.bulk(address, length);
        }
    }
}
