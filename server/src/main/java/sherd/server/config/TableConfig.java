package sherd.server.config;

import sherd.engine.schema.TableDefinition;

/**
 * What a new table gets unless it says otherwise.
 *
 * @param shards the number of intervals its positions are cut into
 */
public record TableConfig(int shards) implements Section {
    private static final int MAX_SHARDS = TableDefinition.MAX_SHARDS;

    @Override
    public void check(Check check) {
        check.that(shards >= 1 && shards <= MAX_SHARDS, "shards", "from 1 to " + MAX_SHARDS, "for example 64");
    }
}
