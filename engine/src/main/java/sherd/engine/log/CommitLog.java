package sherd.engine.log;

import org.jspecify.annotations.Nullable;
import sherd.engine.error.StoreException;

/**
 * The order of accepted writes of this node. In a cluster a replicated log takes its place below the same callers.
 *
 * <p>An LSN is the place in the stream of appended bytes just past a batch; it only grows. {@link #append} never waits
 * for the disk: it copies the batch into a bounded buffer that one writer thread drains as frames.
 */
public interface CommitLog extends AutoCloseable {
    /**
     * Adds one batch that recovery will see whole or not at all.
     *
     * @return the LSN just past it
     * @throws sherd.engine.error.StoreException LOG_FAILED once a write or sync has failed, LOG_BEHIND when the
     *     buffer is full, OUT_OF_MEMORY when there is none for a batch larger than its parts; nothing was added then
     */
    long append(long address, int length);

    /**
     * Memory for the end of a batch that is long enough to have a buffer of its own.
     *
     * @param headBytes what will stand before it in the batch, at most
     * @return null if there is no memory for that
     */
    @Nullable
    LogTail tail(int headBytes, int bytes);

    /** Adds one batch, the head and then the tail, which is the log's from then on; throws as the other does. */
    long append(long address, int length, LogTail tail);

    /** Everything up to this LSN may be acknowledged under the sync policy in force. */
    long acknowledged();

    /** Everything up to this LSN is on stable storage. */
    long durable();

    /** The LSN just past the last append. */
    long end();

    /**
     * Calls back once, on the writer thread, when {@code lsn} may be acknowledged (at once, on the caller's thread, if
     * it already may) or when the log has failed and the outcome of the batch is in doubt.
     */
    void whenAcknowledged(long lsn, Acknowledgement callback);

    /** True while the buffer is so full that callers should stop taking new writes; see {@link #whenUncongested}. */
    default boolean congested() {
        return congested(0);
    }

    /**
     * The same for a caller whose batch will have about so many bytes: a batch that takes a buffer of its own waits for
     * others like it, which shorter ones do not.
     */
    boolean congested(long bytes);

    default void whenUncongested(Runnable callback) {
        whenUncongested(0, callback);
    }

    /**
     * Calls back once, on the writer thread or at once, when it is worth to ask {@link #congested(long)} again, or the
     * log has failed.
     */
    void whenUncongested(long bytes, Runnable callback);

    /** Waits until everything appended so far is on stable storage. Not for I/O threads. */
    void sync();

    /** Lets go of log files that hold nothing at or after {@code lsn}. */
    void truncateBefore(long lsn);

    /** Why the log takes no more writes, with what to do; null while it does. */
    @Nullable
    StoreException failure();

    /** Throws {@link #failure} if there is one: memory must not be changed when the log will not have the change. */
    default void requireWritable() {
        var failure = failure();
        if (failure != null) {
            throw failure;
        }
    }

    /** Bytes between the oldest kept entry and {@link #end}. */
    long retainedBytes();

    /** Syncs and ends with a mark that recovery recognises as a clean end. */
    @Override
    void close();

    /** Told the fate of an append. */
    @FunctionalInterface
    interface Acknowledgement {
        void done(boolean inDoubt);
    }

    /** Receives the batches of a log, one after the other. The memory is valid only inside the call. */
    @FunctionalInterface
    interface Replay {
        void batch(long lsn, long address, int length);

        /** A batch that comes soon, for who wants to touch what it will need; until then its memory is valid. */
        default void ahead(long lsn, long address, int length) {}
    }
}
