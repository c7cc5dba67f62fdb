package sherd.server.observe;

import java.util.Locale;

/** A part of the way of a batch of commands, from its bytes to the bytes of its replies. */
public enum Stage {
    /** The system call that takes the bytes from the kernel. */
    READ,
    /** From bytes to commands. */
    PARSE,
    /** From keys to shards. */
    ROUTE,
    /** Taking the locks of shards. */
    LOCK_WAIT,
    /** Finding rows, and what commands do with them. */
    EXECUTE,
    /** Appending changes to the commit log. */
    LOG,
    /** Handing over the replies, with the system call that gives them to the kernel. */
    REPLY,
    /** Cold rows, the sync of the commit log, room in it: the loop serves others meanwhile. */
    BACKEND_WAIT;

    /** Whether it is time of the loop itself. */
    boolean onLoop() {
        return this != BACKEND_WAIT;
    }

    /** As metrics and JSON have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
