package sherd.engine.archive.arrow;

/** How hard a writer tries to make a segment small, and how much of it is opened to read one row. */
public enum Compression {
    /** For rows that leave memory now: keeps up with appends. */
    FAST(1, 0, ArrowWriter.BATCH_BYTES),
    /** For a merge, which has time, and whose segments stay. */
    SMALL(7, 5, ArrowWriter.BATCH_BYTES),
    /** For a checkpoint, which the next one replaces, and which is read from front to back: as little work as may be. */
    BRIEF(1, 0, 4 * ArrowWriter.BATCH_BYTES);

    /** Of hidden numbers, which no higher level makes smaller. */
    static final int NUMBER_LEVEL = 3;

    /** Of offsets, whose matches it is told: the first level that would find them. */
    static final int OFFSET_LEVEL = 12;

    /** Of text and bytes. */
    final int level;
    /** Bytes of text that must repeat to be worth a match; 0 leaves it to the level. */
    final int textMatch;
    /** Text and bytes after which a batch is full. */
    final int batchBytes;

    Compression(int level, int textMatch, int batchBytes) {
        this.level = level;
        this.textMatch = textMatch;
        this.batchBytes = batchBytes;
    }
}
