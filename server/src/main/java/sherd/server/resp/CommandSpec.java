package sherd.server.resp;

import java.util.Locale;

/**
 * What is known of a command before it runs.
 *
 * @param name in lower case
 * @param arity number of words, the name included; negative: at least so many
 * @param flags any of the constants here
 * @param firstKey index of the first key among the words, 0 if there is none
 * @param lastKey index of the last key; negative counts from the end
 * @param keyStep words from one key to the next
 * @param id its place in the table of commands, from 1; 0 outside of one
 */
record CommandSpec(
        String name,
        int arity,
        int flags,
        int firstKey,
        int lastKey,
        int keyStep,
        Group group,
        String summary,
        Handler handler,
        int id) {
    /** May change rows; its reply waits for the commit log. */
    static final int WRITE = 1;

    static final int READ = 2;
    /** Looks at more than its keys, or decides how others run: never shares a unit of work. */
    static final int ALONE = 4;
    /** Runs at once also while a transaction is being queued. */
    static final int UNQUEUED = 8;
    /** Has subcommands as its second word. */
    static final int CONTAINER = 16;
    /** Constant or logarithmic time. */
    static final int FAST = 32;
    /** The word before the first key says how many keys there are. */
    static final int KEYS_COUNTED = 64;
    /** Not for scripts; those that stand alone are not anyway. */
    static final int NOSCRIPT = 128;

    CommandSpec(
            String name,
            int arity,
            int flags,
            int firstKey,
            int lastKey,
            int keyStep,
            Group group,
            String summary,
            Handler handler) {
        this(name, arity, flags, firstKey, lastKey, keyStep, group, summary, handler, 0);
    }

    CommandSpec withId(int place) {
        return new CommandSpec(name, arity, flags, firstKey, lastKey, keyStep, group, summary, handler, place);
    }

    /** What a command is about; as in Redis' documentation. */
    enum Group {
        STRING,
        HASH,
        GENERIC,
        CONNECTION,
        SERVER,
        TRANSACTIONS,
        SCRIPTING;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Executes one command: writes exactly one reply, or throws. */
    @FunctionalInterface
    interface Handler {
        void run(Call call);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean write() {
        return (flags & WRITE) != 0;
    }

    boolean alone() {
        return (flags & ALONE) != 0;
    }

    boolean acceptsCount(int words) {
        return arity >= 0 ? words == arity : words >= -arity;
    }

    /** Whether a command of so many words, well-formed, has exactly one key and looks at nothing else. */
    boolean single(int words) {
        return firstKey > 0 && acceptsCount(words) && !has(ALONE | KEYS_COUNTED) && lastKey(words) == firstKey;
    }

    /** Index of the last key of a command of so many words. */
    int lastKey(int words) {
        return lastKey >= 0 ? lastKey : words + lastKey;
    }
}
