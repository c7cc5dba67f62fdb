package sherd.server.observe;

import java.util.List;

/** What the HTTP door may be asked about the rest of the node. */
public record Observers(Stages stages, Profiler profiler, List<MetricSource> sources) {
    public Observers {
        sources = List.copyOf(sources);
    }

    /** Of a door that stands alone. */
    public static Observers none() {
        return new Observers(new Stages(), new Profiler(), List.of());
    }
}
