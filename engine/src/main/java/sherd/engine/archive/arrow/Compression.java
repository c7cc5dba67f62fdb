package sherd.engine.archive.arrow;

/** How hard a writer tries to make a segment small. What is read back costs the same either way. */
public enum Compression {
    /** For rows that leave memory now: keeps up with appends. */
    FAST(1, 1),
    /** For a merge, which has time, and whose segments stay. */
    SMALL(7, 12);

    /** Of text, and of hidden numbers, which no higher level makes much smaller. */
    final int level;
    /** Of offsets: little data, in which low levels find nothing. */
    final int offsetLevel;

    Compression(int level, int offsetLevel) {
        this.level = level;
        this.offsetLevel = offsetLevel;
    }
}
