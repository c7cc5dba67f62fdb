package sherd.engine.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sherd.engine.table.SegmentState.RowRange;

/** Row ids of a log table, to be asked one by one. Immutable. */
final class RowRanges {
    /** Per shard, in order and disjoint: from, to, from, to. */
    private final Map<Integer, long[]> bounds = new HashMap<>();

    RowRanges(List<RowRange> ranges) {
        var byShard = new HashMap<Integer, List<RowRange>>();
        for (var range : joined(ranges)) {
            byShard.computeIfAbsent(range.shard(), _ -> new ArrayList<>()).add(range);
        }
        byShard.forEach((shard, own) -> {
            var flat = new long[own.size() * 2];
            for (int i = 0; i < own.size(); i++) {
                flat[2 * i] = own.get(i).from();
                flat[2 * i + 1] = own.get(i).to();
            }
            bounds.put(shard, flat);
        });
    }

    /** The same ids in as few ranges as possible, in order. */
    static List<RowRange> joined(List<RowRange> ranges) {
        var sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingInt(RowRange::shard).thenComparingLong(RowRange::from));
        var joined = new ArrayList<RowRange>();
        for (var range : sorted) {
            var last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && last.shard() == range.shard() && last.to() >= range.from()) {
                joined.set(joined.size() - 1, new RowRange(last.shard(), last.from(), Math.max(last.to(), range.to())));
            } else {
                joined.add(range);
            }
        }
        return joined;
    }

    boolean contain(int shard, long row) {
        var own = bounds.get(shard);
        if (own == null) {
            return false;
        }
        int low = 0;
        int high = own.length; // how many bounds are at most the row: an odd number means inside
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (own[middle] <= row) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (low & 1) == 1;
    }
}
