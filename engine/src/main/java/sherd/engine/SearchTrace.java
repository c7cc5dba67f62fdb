package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import sherd.engine.SearchExplain.Fact;
import sherd.engine.SearchExplain.Step;
import sherd.engine.archive.SegmentExplain;
import sherd.engine.archive.index.QueryMemory;

/** Gathers what a search does while it does it. One owner. */
final class SearchTrace {
    private static final int MOST_SEGMENTS = 100;

    private final List<SegmentExplain> segments = new ArrayList<>();
    private long parseNanos;
    private long pruneNanos;
    private long memoryNanos;
    private long planNanos;
    private long readNanos;
    private long fetchNanos;
    private long indexReads;
    private long indexBytes;
    private long candidates;
    private long certain;
    private long verified;
    private long blocksRead;
    private long bytesRead;
    private int prunedByTime;
    private int prunedByWords;
    private int scanned;

    void parsed(long nanos) {
        parseNanos = nanos;
    }

    /** One segment was looked at from outside. */
    void pruned(long nanos, boolean byTime, boolean byWords) {
        pruneNanos += nanos;
        prunedByTime += byTime ? 1 : 0;
        prunedByWords += byWords ? 1 : 0;
    }

    void memoryRead(long nanos) {
        memoryNanos = nanos;
    }

    void fetched(long nanos) {
        fetchNanos = nanos;
    }

    void asked(SegmentExplain segment) {
        if (segments.size() < MOST_SEGMENTS) {
            segments.add(segment);
        }
        planNanos += segment.planNanos();
        readNanos += segment.readNanos();
        indexReads += segment.indexReads();
        indexBytes += segment.indexBytes();
        candidates += segment.candidates();
        certain += segment.certain();
        verified += segment.verified();
        blocksRead += segment.blocksRead();
        bytesRead += segment.bytesRead();
        scanned += segment.plan().equals("scan") ? 1 : 0;
    }

    SearchExplain explain(SearchStats stats, int hits, QueryMemory memory) {
        return new SearchExplain(
                List.of(
                        step("parse", parseNanos),
                        step(
                                "prune",
                                pruneNanos,
                                new Fact("segments", stats.segments()),
                                new Fact("pruned", stats.pruned()),
                                new Fact("by_time", prunedByTime),
                                new Fact("by_words", prunedByWords),
                                new Fact("scanned", scanned)),
                        step("memory", memoryNanos, new Fact("rows", stats.hotRows())),
                        step(
                                "index",
                                planNanos,
                                new Fact("reads", indexReads),
                                new Fact("bytes", indexBytes),
                                new Fact("candidates", candidates),
                                new Fact("certain", certain),
                                new Fact("memory_bytes", memory.mostBytes())),
                        step(
                                "rows",
                                readNanos,
                                new Fact("verified", verified),
                                new Fact("blocks", blocksRead),
                                new Fact("bytes", bytesRead)),
                        step("fetch", fetchNanos, new Fact("hits", hits))),
                segments);
    }

    private static Step step(String name, long nanos, Fact... facts) {
        return new Step(name, nanos / 1000, List.of(facts));
    }
}
