package sherd.engine.archive.file;

/** What one reader fetched from the disk. One owner. */
public final class ReadStats {
    private long blocks;
    private long bytes;

    void add(long length) {
        blocks++;
        bytes += length;
    }

    /** Counts what another reader fetched too. */
    public void add(ReadStats other) {
        blocks += other.blocks;
        bytes += other.bytes;
    }

    public long blocks() {
        return blocks;
    }

    public long bytes() {
        return bytes;
    }
}
