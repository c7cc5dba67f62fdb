package sherd.engine.archive.arrow;

/** How hard a writer tries to make a segment small, and how much of it is opened to read one row. */
public enum Compression {
    /** For rows that leave memory now: keeps up with appends. */
    FAST(1, 0, 1, ArrowWriter.BATCH_BYTES),
    /** For a merge, which has time, and whose segments stay. */
    SMALL(7, 5, 12, ArrowWriter.BATCH_BYTES),
    /** For a checkpoint, which the next one replaces, and which is read from front to back: as little work as may be. */
    BRIEF(1, 0, 1, 4 * ArrowWriter.BATCH_BYTES);

    /** Of hidden numbers, which no higher level makes smaller. */
    static final int NUMBER_LEVEL = 3;

    /** Of text and bytes. */
    final int level;
    /** Bytes of text that must repeat to be worth a match; 0 leaves it to the level. */
    final int textMatch;
    /** Of offsets: little data, in which low levels find nothing. */
    final int offsetLevel;
    /** Text and bytes after which a batch is full. */
    final int batchBytes;

    Compression(int level, int textMatch, int offsetLevel, int batchBytes) {
        this.level = level;
        this.textMatch = textMatch;
        this.offsetLevel = offsetLevel;
        this.batchBytes = batchBytes;
    }
}
