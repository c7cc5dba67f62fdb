package sherd.engine;

import java.util.List;
import sherd.engine.archive.SegmentExplain;

/**
 * What a search did, step by step.
 *
 * @param segments those that were asked, the newest first, up to a number
 */
public record SearchExplain(List<Step> steps, List<SegmentExplain> segments) {
    public SearchExplain {
        steps = List.copyOf(steps);
        segments = List.copyOf(segments);
    }

    /** One step and how long it took in all homes together. */
    public record Step(String name, long micros, List<Fact> facts) {
        public Step {
            facts = List.copyOf(facts);
        }
    }

    /** A number that a step came to. */
    public record Fact(String name, long value) {}
}
