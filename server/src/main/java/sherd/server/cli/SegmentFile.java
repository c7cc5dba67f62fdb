package sherd.server.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentCache;
import sherd.engine.memory.MemoryBudget;

/** Opens a segment by its path, wherever it lies. */
final class SegmentFile {
    /** Enough for the largest batch to stay while its rows are read. */
    private static final long CACHE_BYTES = 64L << 20;

    private SegmentFile() {}

    static Segment open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new WrongUseException(
                    "not a file: " + path + "; name a segment, for example data/segments/arc-20260131-001.tar");
        }
        var absolute = path.toAbsolutePath().normalize();
        var disk = Folders.open(absolute.resolveSibling(""));
        return Segment.openFile(
                disk,
                String.valueOf(absolute.getFileName()),
                new SegmentCache(new MemoryBudget(Long.MAX_VALUE), CACHE_BYTES));
    }
}
