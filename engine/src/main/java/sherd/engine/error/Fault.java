package sherd.engine.error;

/**
 * Something stored that is not as it must be.
 *
 * @param file its name in the data folder
 * @param offset where in the file, as near as known
 */
public record Fault(String file, long offset, String problem) {}
