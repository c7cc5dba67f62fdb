package sherd.engine.route;

import java.util.ArrayList;
import java.util.List;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * The shards of one table: intervals that cover all positions without gap or overlap, sorted. Immutable; a change is a
 * new table with a higher version.
 */
public record RoutingTable(long version, List<ShardRange> ranges) {
    public RoutingTable {
        ranges = List.copyOf(ranges);
        validate(version, ranges);
    }

    /** Equal intervals, one a shard, all on one node. */
    public static RoutingTable even(int shards, String node) {
        var ranges = new ArrayList<ShardRange>();
        for (int i = 0; i < shards; i++) {
            ranges.add(new ShardRange(i, boundary(i, shards), boundary(i + 1, shards), List.of(node)));
        }
        return new RoutingTable(1, ranges);
    }

    /** {@code ceil(2^64 * index / shards)} modulo 2^64. */
    private static long boundary(int index, int shards) {
        if (index == 0 || index == shards) {
            return 0;
        }
        var product = java.math.BigInteger.ONE.shiftLeft(64).multiply(java.math.BigInteger.valueOf(index));
        var divided = product.divideAndRemainder(java.math.BigInteger.valueOf(shards));
        return divided[0].longValue() + (divided[1].signum() == 0 ? 0 : 1);
    }

    /** Index into {@link #ranges} of the interval that holds a position. */
    int indexOf(long position) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Long.compareUnsigned(ranges.get(middle).start(), position) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static void validate(long version, List<ShardRange> ranges) {
        if (version < 1
                || ranges.isEmpty()
                || ranges.getFirst().start() != 0
                || ranges.getLast().end() != 0) {
            throw invalid("does not cover all positions", version);
        }
        for (int i = 1; i < ranges.size(); i++) {
            long start = ranges.get(i).start();
            if (start != ranges.get(i - 1).end()
                    || Long.compareUnsigned(start, ranges.get(i - 1).start()) <= 0) {
                throw invalid(
                        "has a gap or an overlap at shard " + ranges.get(i).shard(), version);
            }
        }
        if (ranges.stream().mapToInt(ShardRange::shard).distinct().count() != ranges.size()) {
            throw invalid("names a shard twice", version);
        }
    }

    private static StoreException invalid(String what, long version) {
        return new StoreException(ErrorCode.CORRUPT_ROUTES, "routing table " + what + ": version=" + version);
    }
}
