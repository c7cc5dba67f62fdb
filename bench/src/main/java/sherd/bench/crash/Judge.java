package sherd.bench.crash;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sherd.bench.crash.Finding.Kind;
import sherd.engine.version.Causality;
import sherd.engine.version.VersionVector;

/**
 * Compares what is seen after a kill with what was sent before it.
 *
 * <p>The commit log promises a prefix: of everything accepted, in the order it was accepted, the first so many. A writer
 * owns its keys and sends its steps over one connection, so what is seen of it must be its history after exactly k
 * steps, one k for all its keys. Each key, by its value, admits some k; the verdict is in what all of them admit.
 *
 * @param killedNanos when the kill was about to be sent
 * @param windowNanos writes acknowledged less than this before the kill may be lost; {@link #NO_LOSS} if none may
 */
record Judge(long killedNanos, long windowNanos) {
    /** Below any age: also a reply that was read after the kill was sent is a promise. */
    static final long NO_LOSS = Long.MIN_VALUE;

    private static final int MOST_TOLD = 10;

    Verdict judge(History history, Map<String, Seen> seen) {
        var findings = new ArrayList<Finding>();
        strangers(history, seen, findings);
        var cuts = new BitSet();
        cuts.set(0, history.sent() + 1);
        var each = new ArrayList<KeyCuts>();
        for (var key : history.keys()) {
            var now = seen.getOrDefault(key, Seen.NOTHING);
            var admitted = admitted(history, key, now);
            if (admitted.isEmpty()) {
                findings.add(alien(history, key, now));
            } else if (admitted.cardinality() <= history.sent()) {
                each.add(new KeyCuts(key, now, admitted));
                cuts.and(admitted);
            }
        }
        if (cuts.isEmpty()) {
            findings.add(hole(history, each));
            return verdict(history, 0, 0, 0, findings);
        }
        int most = cuts.length() - 1;
        int lost = Math.max(0, history.acknowledged() - most);
        long age = lost == 0 ? 0 : killedNanos - history.step(most + 1).acknowledgedNanos();
        if (lost > 0 && age >= windowNanos) {
            findings.addAll(lost(history, most));
        }
        return new Verdict(
                history.sent(), history.acknowledged(), cuts.nextSetBit(0), most, lost, Math.max(0, age), findings);
    }

    private record KeyCuts(String key, Seen seen, BitSet cuts) {}

    private static Verdict verdict(History history, int least, int most, int lost, List<Finding> findings) {
        return new Verdict(history.sent(), history.acknowledged(), least, most, lost, 0, findings);
    }

    /** Keys that nobody wrote. */
    private static void strangers(History history, Map<String, Seen> seen, List<Finding> findings) {
        var known = history.keys();
        seen.forEach((key, now) -> {
            if (!known.contains(key) && !now.fields().isEmpty()) {
                findings.add(
                        new Finding(Kind.ALIEN, history.writer() + ": " + key + " was never written and holds " + now));
            }
        });
    }

    /** After how many steps the key can be as it is seen. */
    private static BitSet admitted(History history, String key, Seen now) {
        var admitted = new BitSet();
        var versions = history.versions(key);
        var known = "";
        for (int i = 0; i < versions.size(); i++) {
            var version = versions.get(i);
            int next = i + 1 < versions.size() ? versions.get(i + 1).step() : history.sent() + 1;
            if (version.fields().equals(now.fields()) && etagFits(version, known, now.etag())) {
                admitted.set(version.step(), next);
            }
            known = version.etag().isEmpty() ? known : version.etag();
        }
        return admitted;
    }

    /** The etag of an acknowledged write is known; one whose reply never came is at least beyond the last known. */
    private static boolean etagFits(History.Version version, String known, String seen) {
        if (seen.isEmpty()) {
            return true;
        }
        return version.etag().isEmpty() ? isBeyond(seen, known) : version.etag().equals(seen);
    }

    static boolean isBeyond(String etag, String known) {
        var later = VersionVector.parse(etag);
        var earlier = VersionVector.parse(known);
        return later.isPresent() && earlier.isPresent() && later.get().compare(earlier.get()) == Causality.AHEAD;
    }

    private static Finding alien(History history, String key, Seen now) {
        var versions = history.versions(key);
        var last = versions.getLast();
        return new Finding(
                Kind.ALIEN,
                history.writer() + ": " + key + " holds " + now
                        + ", which is no state it had in this round; it began as "
                        + Seen.show(versions.getFirst().fields()) + " and was given " + (versions.size() - 1)
                        + " more, the last " + Seen.show(last.fields())
                        + (last.etag().isEmpty() ? "" : " etag=" + last.etag()));
    }

    /** Names the key that stopped earliest and one that has something later. */
    private static Finding hole(History history, List<KeyCuts> each) {
        var early = each.getFirst();
        var late = each.getFirst();
        for (var cuts : each) {
            early = cuts.cuts().length() < early.cuts().length() ? cuts : early;
            late = cuts.cuts().nextSetBit(0) > late.cuts().nextSetBit(0) ? cuts : late;
        }
        int missing = early.cuts().length();
        int present = late.cuts().nextSetBit(0);
        return new Finding(
                Kind.HOLE,
                history.writer() + ": no number of steps explains what is seen: " + early.key() + " holds "
                        + early.seen()
                        + ", so step " + missing + " of " + history.sent()
                        + (missing <= history.acknowledged() ? " (acknowledged)" : " (not acknowledged)")
                        + " is missing, and " + late.key() + " holds " + late.seen() + " of step " + present);
    }

    private List<Finding> lost(History history, int cut) {
        var findings = new ArrayList<Finding>();
        for (int step = cut + 1; step <= history.acknowledged() && findings.size() < MOST_TOLD; step++) {
            var lost = history.step(step);
            long age = killedNanos - lost.acknowledgedNanos();
            if (age >= windowNanos) {
                findings.add(new Finding(
                        Kind.LOST,
                        String.format(
                                Locale.ROOT,
                                "%s: step %d of %d, acknowledged %.1f ms before the kill: %s",
                                history.writer(),
                                step,
                                history.acknowledged(),
                                age / 1e6,
                                lost.key())));
            }
        }
        return findings;
    }

    /**
     * The log is one order for all writers: if one writer's acknowledged step is lost, another's that was sent only
     * after that acknowledgement is lost too.
     */
    static List<Finding> judgeOrder(List<History> histories, List<Verdict> verdicts) {
        int early = -1;
        int late = -1;
        for (int i = 0; i < histories.size(); i++) {
            if (verdicts.get(i).lost() > 0
                    && (early < 0 || firstLost(histories, verdicts, i) < firstLost(histories, verdicts, early))) {
                early = i;
            }
            if (verdicts.get(i).least() > 0
                    && (late < 0 || lastKept(histories, verdicts, i) > lastKept(histories, verdicts, late))) {
                late = i;
            }
        }
        if (early < 0 || late < 0 || lastKept(histories, verdicts, late) <= firstLost(histories, verdicts, early)) {
            return List.of();
        }
        return List.of(new Finding(
                Kind.HOLE,
                histories.get(early).writer() + " lost step "
                        + (verdicts.get(early).most() + 1) + ", though "
                        + histories.get(late).writer() + " kept step "
                        + verdicts.get(late).least()
                        + ", which was sent after that had been acknowledged"));
    }

    private static long firstLost(List<History> histories, List<Verdict> verdicts, int writer) {
        return histories.get(writer).step(verdicts.get(writer).most() + 1).acknowledgedNanos();
    }

    private static long lastKept(List<History> histories, List<Verdict> verdicts, int writer) {
        return histories.get(writer).step(verdicts.get(writer).least()).sentNanos();
    }
}
