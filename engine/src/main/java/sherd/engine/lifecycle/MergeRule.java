package sherd.engine.lifecycle;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.Locale;

/**
 * Which segments of a table are merged into one. They are ranked by size in tiers, each {@code width} times the one
 * below; as many neighbours of one tier as that make one segment of the next. So a row is written anew once a tier, and
 * a table has few segments in each. Neighbours, because a merged segment must cover as short a time as may be, and, of
 * a record table, no version of a row may pass over another.
 *
 * <p>A merge stays below what one segment may have. Where rows are dropped after a time, it keeps none of its sources
 * longer than an eighth of that time beyond it: a segment goes when its youngest row does.
 */
public final class MergeRule {
    private static final long FIRST_TIER_BYTES = 1 << 20;
    private static final int TIERS = 12;
    /** Sources of one merge at most, in widths: each is open throughout. */
    private static final int MOST_WIDTHS = 4;

    private static final int RETENTION_PARTS = 8;

    private final int width;

    /**
     * What the rule knows of a segment.
     *
     * @param youngest the time of its youngest row
     */
    public record Part(long rows, long bytes, long youngest) {}

    /**
     * What one segment may have.
     *
     * @param retentionMillis rows go after this time; 0 if they stay
     */
    public record Limits(long rows, long bytes, long retentionMillis) {}

    /** @param width neighbours of one tier that make a merge, 2 or more */
    public MergeRule(int width) {
        this.width = width;
    }

    /**
     * Decides for the segments of one table, in their order.
     *
     * @param onlyNewest whether the merged segment must take the last place, since none other is free
     */
    public MergeDecision decide(List<Part> parts, Limits limits, boolean onlyNewest) {
        for (int tier = 0; tier < TIERS; tier++) {
            int from = parts.size();
            while (from > 0) {
                int to = from;
                from = start(parts, to, tier, limits);
                if (to - from >= width && balanced(parts, from, to)) {
                    return new MergeDecision.Merge(
                            from,
                            to,
                            format("%d neighbours of up to %d bytes: width=%d", to - from, tierBytes(tier), width));
                }
                if (onlyNewest) {
                    break;
                }
                from = Math.min(from, to - 1);
            }
        }
        return new MergeDecision.Leave(format("no %d neighbours of one size: segments=%d", width, parts.size()));
    }

    /** The first of the longest run of small neighbours that ends before {@code to} and fits into one segment. */
    private int start(List<Part> parts, int to, int tier, Limits limits) {
        long rows = 0;
        long bytes = 0;
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        int from = to;
        while (from > 0 && to - from < width * MOST_WIDTHS) {
            var part = parts.get(from - 1);
            if (to - from >= width && part.bytes() > fairShare(bytes + part.bytes())) {
                break;
            }
            rows += part.rows();
            bytes += part.bytes();
            least = Math.min(least, part.youngest());
            most = Math.max(most, part.youngest());
            boolean tooLong = limits.retentionMillis() > 0 && most - least > limits.retentionMillis() / RETENTION_PARTS;
            if (part.bytes() > tierBytes(tier) || rows > limits.rows() || bytes > limits.bytes() || tooLong) {
                break;
            }
            from--;
        }
        return from;
    }

    /** No source may be much of the result: it would be written anew for little. */
    private boolean balanced(List<Part> parts, int from, int to) {
        var run = parts.subList(from, to);
        long sum = run.stream().mapToLong(Part::bytes).sum();
        return run.stream().allMatch(part -> part.bytes() <= fairShare(sum));
    }

    /** About twice what each source would have if all were equal. */
    private long fairShare(long bytes) {
        return 2 * bytes / (width + 1);
    }

    private long tierBytes(int tier) {
        double bytes = FIRST_TIER_BYTES * Math.pow(width, tier);
        return bytes > Long.MAX_VALUE ? Long.MAX_VALUE : (long) bytes;
    }

    @FormatMethod
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
