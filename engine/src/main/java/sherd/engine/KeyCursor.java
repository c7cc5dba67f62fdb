package sherd.engine;

/**
 * Where a walk over all keys stands, as one positive number that a client hands back. A walk begins with 0 and has three
 * parts: segments from the oldest on, then memory, then the segments that came meanwhile.
 *
 * <pre>
 * segments:  01 | sequence (29) | row (32)          late segments: 11 | the same
 * memory:    10 | sequence of the newest segment walked, low bits (20) | shard (12) | place, high bits (29)
 * </pre>
 */
sealed interface KeyCursor {
    int KIND_SHIFT = 61;
    int SEQUENCE_BITS = 29;
    int ROW_BITS = 32;
    int THROUGH_BITS = 20;
    int SHARD_BITS = 12;
    int PLACE_BITS = 29;

    /**
     * In front of a row of a segment.
     *
     * @param late whether memory was walked before
     */
    record Archived(boolean late, long sequence, long row) implements KeyCursor {}

    /**
     * In memory.
     *
     * @param through no segment up to this sequence needs another visit
     */
    record Memory(long through, int shard, long place) implements KeyCursor {}

    default long encode() {
        return switch (this) {
            case Archived(var late, var sequence, var row) ->
                (late ? 3L : 1L) << KIND_SHIFT | low(sequence, SEQUENCE_BITS) << ROW_BITS | low(row, ROW_BITS);
            case Memory(var through, var shard, var place) ->
                2L << KIND_SHIFT
                        | low(through, THROUGH_BITS) << (SHARD_BITS + PLACE_BITS)
                        | (long) shard << PLACE_BITS
                        | place >>> (32 - PLACE_BITS);
        };
    }

    /**
     * Any number is a cursor; what no walk ever returned begins or ends somewhere.
     *
     * @param newest the sequence of the table's newest segment, which tells the high bits of {@code through}
     */
    static KeyCursor decode(long cursor, long newest) {
        int kind = (int) (cursor >>> KIND_SHIFT) & 3;
        if (kind == 0) {
            return new Archived(false, 0, 0);
        }
        if (kind != 2) {
            return new Archived(kind == 3, low(cursor >>> ROW_BITS, SEQUENCE_BITS), low(cursor, ROW_BITS));
        }
        long behind = low(newest - (cursor >>> (SHARD_BITS + PLACE_BITS)), THROUGH_BITS);
        return new Memory(
                Math.max(0, newest - behind),
                (int) low(cursor >>> PLACE_BITS, SHARD_BITS),
                low(cursor, PLACE_BITS) << (32 - PLACE_BITS));
    }

    private static long low(long value, int bits) {
        return value & ((1L << bits) - 1);
    }
}
