package sherd.engine;

import org.jspecify.annotations.Nullable;
import sherd.engine.archive.SegmentHandle;
import sherd.engine.archive.SegmentSearch;

/** What one thread of a search found in segments and did for it. One owner. */
final class SegmentSums {
    private long total;
    private int pruned;
    private int damaged;
    private int unreachable;
    private long blocksRead;
    private long bytesRead;
    /** What is being read, so that it is known after a failure. */
    private @Nullable SegmentHandle reading;

    void pruned() {
        pruned++;
    }

    void damaged() {
        damaged++;
    }

    void unreachable() {
        unreachable++;
    }

    /** One more if there is none yet: what was not reached is of any segment. */
    void someUnreachable() {
        unreachable = Math.max(1, unreachable);
    }

    void reads(@Nullable SegmentHandle segment) {
        reading = segment;
    }

    void found(SegmentSearch.Stats stats) {
        total += stats.total();
        blocksRead += stats.blocksRead();
        bytesRead += stats.bytesRead();
    }

    void add(SegmentSums other) {
        total += other.total;
        pruned += other.pruned;
        damaged += other.damaged;
        unreachable += other.unreachable;
        blocksRead += other.blocksRead;
        bytesRead += other.bytesRead;
    }

    long total() {
        return total;
    }

    @Nullable
    SegmentHandle reading() {
        return reading;
    }

    SearchStats stats(int segments, long hotRows) {
        return new SearchStats(segments, pruned, damaged, unreachable, blocksRead, bytesRead, hotRows);
    }
}
