package sherd.engine.archive.arrow;

/** How hard a writer tries to make a segment small, and how much of it is opened to read one row. */
public enum Compression {
    /** For rows that leave memory now: keeps up with appends. */
    FAST(1, 1, ArrowWriter.BATCH_BYTES),
    /** For a merge, which has time, and whose segments stay. */
    SMALL(9, 15, ArrowWriter.BATCH_BYTES),
    /** For a checkpoint, which the next one replaces, and which is read from front to back: as little work as may be. */
    BRIEF(1, 1, 4 * ArrowWriter.BATCH_BYTES);

    final int textLevel;
    /** Of offsets and hidden numbers: little data, to which a high level matters more than to text. */
    final int numberLevel;
    /** Text and bytes after which a batch is full. */
    final int batchBytes;

    Compression(int textLevel, int numberLevel, int batchBytes) {
        this.textLevel = textLevel;
        this.numberLevel = numberLevel;
        this.batchBytes = batchBytes;
    }
}
