package sherd.engine;

/**
 * One segment of a table. Times are epoch milliseconds.
 *
 * @param state where it is ({@code local}, {@code uploading}, {@code both}, {@code remote}), or {@code quarantined}:
 *     damaged, and read no more
 * @param sha256 of the file, in hexadecimal
 * @param problem what is wrong with it; empty if nothing is
 */
public record SegmentStatus(
        String id,
        String file,
        long rows,
        long minTime,
        long maxTime,
        long sizeBytes,
        String sha256,
        String state,
        String problem) {
    /** The file's name without the folder. */
    public String name() {
        return file.substring(file.lastIndexOf('/') + 1);
    }
}
