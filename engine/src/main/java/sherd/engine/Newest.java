package sherd.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;

/** Keeps the newest rows offered, up to a limit. Rows of one time rank by where they live, then by their number. */
final class Newest {
    private static final Comparator<Candidate> OLDEST_FIRST = Comparator.comparingLong(Candidate::time)
            .thenComparingLong(Candidate::rank)
            .thenComparingLong(Candidate::row);

    private final int limit;
    private final PriorityQueue<Candidate> kept = new PriorityQueue<>(OLDEST_FIRST);

    private record Candidate(long time, long rank, long row, Supplier<Hit> hit) {}

    Newest(int limit) {
        this.limit = limit;
    }

    /** False if neither this row nor any older one is wanted. */
    boolean wants(long time) {
        return kept.size() < limit || (limit > 0 && time >= kept.peek().time());
    }

    /** Offers a row; its values are fetched only if it is among the newest in the end. */
    void offer(long time, long rank, long row, Supplier<Hit> hit) {
        if (limit == 0) {
            return;
        }
        var candidate = new Candidate(time, rank, row, hit);
        if (kept.size() < limit) {
            kept.add(candidate);
        } else if (OLDEST_FIRST.compare(candidate, kept.peek()) > 0) {
            kept.poll();
            kept.add(candidate);
        }
    }

    List<Hit> hits() {
        var sorted = new ArrayList<>(kept);
        sorted.sort(OLDEST_FIRST.reversed());
        return sorted.stream().map(candidate -> candidate.hit().get()).toList();
    }
}
