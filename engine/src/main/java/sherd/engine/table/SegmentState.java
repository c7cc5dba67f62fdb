package sherd.engine.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the catalog keeps of a segment on behalf of its table.
 *
 * @param replaces rows in it that an older segment has in an older version
 * @param ranges row ids of a log table that it holds
 */
public record SegmentState(long replaces, List<RowRange> ranges) {
    private static final String REPLACES = "replaces";
    private static final String RANGES = "rows";

    /** Ids {@code [from, to)} of a shard. Written {@code shard:from-to}. */
    public record RowRange(int shard, long from, long to) {
        private String text() {
            return shard + ":" + from + "-" + to;
        }

        private static RowRange parse(String text) {
            int colon = text.indexOf(':');
            int dash = text.indexOf('-', colon);
            return new RowRange(
                    Integer.parseInt(text, 0, colon, 10),
                    Long.parseLong(text, colon + 1, dash, 10),
                    Long.parseLong(text, dash + 1, text.length(), 10));
        }
    }

    public SegmentState {
        ranges = List.copyOf(ranges);
    }

    /** Ids in as few ranges as possible. */
    public static List<RowRange> joined(List<RowRange> ranges) {
        return RowRanges.joined(ranges);
    }

    public Map<String, String> encode() {
        return Map.of(
                REPLACES,
                Long.toString(replaces),
                RANGES,
                ranges.stream().map(RowRange::text).collect(Collectors.joining(" ")));
    }

    public static SegmentState decode(Map<String, String> encoded) {
        var ranges = new ArrayList<RowRange>();
        for (var text : encoded.getOrDefault(RANGES, "").split(" ", -1)) {
            if (!text.isEmpty()) {
                ranges.add(RowRange.parse(text));
            }
        }
        return new SegmentState(Long.parseLong(encoded.getOrDefault(REPLACES, "0")), ranges);
    }
}
