package sherd.bench.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one writer sent, step by step, and how much of it was acknowledged. Each step gives one key a new state. Written
 * by the writer's thread; read once that has ended.
 */
final class History {
    private static final Version UNWRITTEN = new Version(0, Seen.ABSENT, "");

    private final String writer;
    private final Map<String, Version> settled = new HashMap<>();
    private final Map<String, List<Version>> since = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();
    private int acknowledged;

    /**
     * A state that a key was given.
     *
     * @param step which gave it, from 1; 0 if it is from an earlier round
     * @param etag empty if not known, as long as the reply has not come, or if the key has none
     */
    record Version(int step, Map<String, String> fields, String etag) {}

    /** @param acknowledgedNanos 0 while it is not */
    record Step(String key, long sentNanos, long acknowledgedNanos) {}

    History(String writer) {
        this.writer = writer;
    }

    String writer() {
        return writer;
    }

    /** A step is about to be sent. */
    void sent(String key, Map<String, String> fields, long nanos) {
        steps.add(new Step(key, nanos, 0));
        since.computeIfAbsent(key, _ -> new ArrayList<>()).add(new Version(steps.size(), Map.copyOf(fields), ""));
    }

    /** The oldest step that was not acknowledged is. */
    void acknowledged(String etag, long nanos) {
        var step = steps.get(acknowledged);
        steps.set(acknowledged, new Step(step.key(), step.sentNanos(), nanos));
        acknowledged++;
        if (!etag.isEmpty()) {
            since.getOrDefault(step.key(), List.of())
                    .replaceAll(version -> version.step() == acknowledged
                            ? new Version(version.step(), version.fields(), etag)
                            : version);
        }
    }

    int sent() {
        return steps.size();
    }

    int acknowledged() {
        return acknowledged;
    }

    /** Steps count from 1. */
    Step step(int number) {
        return steps.get(number - 1);
    }

    /** All keys that ever were written. */
    Set<String> keys() {
        var keys = new HashSet<>(settled.keySet());
        keys.addAll(since.keySet());
        return keys;
    }

    /** The states of a key in order, from the one it had when the round began. */
    List<Version> versions(String key) {
        var versions = new ArrayList<Version>();
        versions.add(settled.getOrDefault(key, UNWRITTEN));
        versions.addAll(since.getOrDefault(key, List.of()));
        return versions;
    }

    /** Ends the round: what is seen is what the next one starts from, and the steps behind the cut never were. */
    void settle(Map<String, Seen> seen, int cut) {
        for (var key : keys()) {
            var now = seen.getOrDefault(key, Seen.NOTHING);
            var etag = now.etag();
            for (var version : versions(key)) {
                if (now.etag().isEmpty()
                        && version.step() <= cut
                        && !version.etag().isEmpty()) {
                    etag = version.etag();
                }
            }
            settled.put(key, new Version(0, Map.copyOf(now.fields()), etag));
        }
        since.clear();
        steps.clear();
        acknowledged = 0;
    }
}
