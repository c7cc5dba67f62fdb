package sherd.server.net;

/**
 * Whether a loop that has nothing to do pauses before it lets itself be woken. It does where the pause will bring it
 * more than one request, where the system's part of a request is most of it, and where so many connections send that
 * none of those who could send next are kept waiting by the pause.
 */
final class GatherRule {
    /** What a request waits at the most; a few times what the kernel takes for one. */
    static final long PAUSE_NANOS = 30_000;

    /** Reads in a pause, to be expected. */
    private static final double ENOUGH = 1.2;

    /** With more commands a read their execution counts, and the kernel's part is shared already. */
    private static final int COMMANDS_A_READ = 4;

    /** For each read in a pause: a client that waits for its replies must not have sent all it can by then. */
    private static final int SENDERS_A_READ = 4;

    private boolean pauses;

    boolean pauses() {
        return pauses;
    }

    /**
     * Takes in what a loop has done.
     *
     * @param senders connections that were read
     * @param commands of any number of reads
     */
    void window(long nanos, int reads, int senders, int commands) {
        double expected = (double) reads * PAUSE_NANOS / nanos;
        pauses = expected >= ENOUGH
                && senders >= SENDERS_A_READ * expected
                && commands <= (long) COMMANDS_A_READ * reads;
    }
}
