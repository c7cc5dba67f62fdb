package sherd.engine.route;

import java.util.List;

/**
 * Who serves an interval of positions.
 *
 * @param start first position (unsigned)
 * @param end first position past it; 0 stands for 2^64
 * @param nodes owner first
 */
public record ShardRange(int shard, long start, long end, List<String> nodes) {
    public ShardRange {
        nodes = List.copyOf(nodes);
    }

    boolean contains(long position) {
        return Long.compareUnsigned(position, start) >= 0 && (end == 0 || Long.compareUnsigned(position, end) < 0);
    }
}
