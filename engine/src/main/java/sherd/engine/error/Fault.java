package sherd.engine.error;

/**
 * One thing a checker found wrong with stored bytes: where, and what.
 *
 * @param file the name within the data folder
 * @param offset the first byte concerned
 */
public record Fault(String file, long offset, String problem) {
    @Override
    public String toString() {
        return problem + ": file=" + file + " offset=" + offset;
    }
}
