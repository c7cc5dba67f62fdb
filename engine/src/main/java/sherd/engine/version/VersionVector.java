package sherd.engine.version;

import java.util.Arrays;
import java.util.Optional;

/**
 * How often each shard has accepted a write for a row: pairs of shard and counter, sorted by shard, counters from 1.
 * Immutable. Written {@code 0:1,2:3}; the empty vector is the empty text and stands for a row that is not there.
 *
 * @see <a href="https://doi.org/10.1109/TSE.1983.236733">Parker et al., Detection of Mutual Inconsistency, 1983</a>
 */
public final class VersionVector {
    public static final VersionVector EMPTY = new VersionVector(new int[0], new long[0]);

    private final int[] shards;
    private final long[] counters;

    private VersionVector(int[] shards, long[] counters) {
        this.shards = shards;
        this.counters = counters;
    }

    public static VersionVector of(int shard, long counter) {
        return counter == 0 ? EMPTY : new VersionVector(new int[] {shard}, new long[] {counter});
    }

    /** From a dense array, as the batch gateway accepts: element i is shard i's counter. */
    public static VersionVector ofDense(long... dense) {
        var vector = EMPTY;
        for (int shard = 0; shard < dense.length; shard++) {
            vector = vector.with(shard, dense[shard]);
        }
        return vector;
    }

    /** Empty if the text is not a vector: pairs sorted by shard, no shard twice, counters at least 1. */
    public static Optional<VersionVector> parse(String text) {
        if (text.isEmpty()) {
            return Optional.of(EMPTY);
        }
        var parts = text.split(",", -1);
        var shards = new int[parts.length];
        var counters = new long[parts.length];
        for (int i = 0; i < parts.length; i++) {
            int colon = parts[i].indexOf(':');
            if (colon < 1 || !digits(parts[i], 0, colon) || !digits(parts[i], colon + 1, parts[i].length())) {
                return Optional.empty();
            }
            try {
                shards[i] = Integer.parseInt(parts[i], 0, colon, 10);
                counters[i] = Long.parseLong(parts[i], colon + 1, parts[i].length(), 10);
            } catch (NumberFormatException e) {
                return Optional.empty(); // digits only, so too large to have been ours
            }
            if (counters[i] < 1 || (i > 0 && shards[i] <= shards[i - 1])) {
                return Optional.empty();
            }
        }
        return Optional.of(new VersionVector(shards, counters));
    }

    private static boolean digits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return to > from;
    }

    public int size() {
        return shards.length;
    }

    public int shard(int index) {
        return shards[index];
    }

    public long counterAt(int index) {
        return counters[index];
    }

    /** The counter of a shard, 0 if it has none. */
    public long counter(int shard) {
        int at = Arrays.binarySearch(shards, shard);
        return at < 0 ? 0 : counters[at];
    }

    /** The same vector with one shard's counter replaced; 0 removes it. */
    public VersionVector with(int shard, long counter) {
        int at = Arrays.binarySearch(shards, shard);
        if (at >= 0 && counter > 0) {
            var changed = counters.clone();
            changed[at] = counter;
            return new VersionVector(shards, changed);
        }
        if (at < 0 && counter == 0) {
            return this;
        }
        int place = at >= 0 ? at : -at - 1;
        int grow = at >= 0 ? -1 : 1;
        var newShards = new int[shards.length + grow];
        var newCounters = new long[shards.length + grow];
        System.arraycopy(shards, 0, newShards, 0, place);
        System.arraycopy(counters, 0, newCounters, 0, place);
        int from = at >= 0 ? place + 1 : place;
        int to = at >= 0 ? place : place + 1;
        System.arraycopy(shards, from, newShards, to, shards.length - from);
        System.arraycopy(counters, from, newCounters, to, counters.length - from);
        if (at < 0) {
            newShards[place] = shard;
            newCounters[place] = counter;
        }
        return new VersionVector(newShards, newCounters);
    }

    /** This vector after one more write accepted by {@code shard}. */
    public VersionVector step(int shard) {
        return with(shard, counter(shard) + 1);
    }

    public Causality compare(VersionVector other) {
        boolean behind = false;
        boolean ahead = false;
        for (int i = 0; i < shards.length; i++) {
            long theirs = other.counter(shards[i]);
            ahead |= counters[i] > theirs;
            behind |= counters[i] < theirs;
        }
        for (int i = 0; i < other.shards.length; i++) {
            behind |= counter(other.shards[i]) < other.counters[i];
        }
        if (ahead) {
            return behind ? Causality.CONCURRENT : Causality.AHEAD;
        }
        return behind ? Causality.BEHIND : Causality.EQUAL;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VersionVector that
                && Arrays.equals(shards, that.shards)
                && Arrays.equals(counters, that.counters);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(shards) + Arrays.hashCode(counters);
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int i = 0; i < shards.length; i++) {
            text.append(i == 0 ? "" : ",").append(shards[i]).append(':').append(counters[i]);
        }
        return text.toString();
    }
}
