package sherd.engine.log;

/**
 * The end of a long batch, copied into the log's memory before the rest of the batch is known: then appending it takes
 * no longer than appending a short one.
 */
public interface LogTail extends AutoCloseable {
    /** Where its bytes go. */
    long address();

    /** Gives the memory back unless the log has it. */
    @Override
    void close();
}
