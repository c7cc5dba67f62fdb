package sherd.server.config;

/**
 * What a new table gets unless it says otherwise.
 *
 * @param shards the number of intervals its positions are cut into
 */
public record TableConfig(int shards) implements Section {
    /** Redis' hash slots are the top 14 bits of a position, and a slot is never cut. */
    private static final int MAX_SHARDS = 1 << 14;

    @Override
    public void check(Check check) {
        check.that(shards >= 1 && shards <= MAX_SHARDS, "shards", "from 1 to " + MAX_SHARDS, "for example 64");
    }
}
