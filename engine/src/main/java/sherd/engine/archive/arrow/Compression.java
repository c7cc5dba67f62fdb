package sherd.engine.archive.arrow;

/** How hard a writer tries to make a segment small. What is read back costs the same either way. */
public enum Compression {
    /** For rows that leave memory now: keeps up with appends. */
    FAST(1, 1),
    /** For a merge, which has time, and whose segments stay. */
    SMALL(9, 12);

    final int textLevel;
    /** Of offsets and hidden numbers: little data, to which a high level matters more than to text. */
    final int numberLevel;

    Compression(int textLevel, int numberLevel) {
        this.textLevel = textLevel;
        this.numberLevel = numberLevel;
    }
}
