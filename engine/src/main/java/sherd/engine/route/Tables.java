package sherd.engine.route;

import org.jspecify.annotations.Nullable;

/** The tables there are, as sessions see them. */
public interface Tables {
    /** The table of plain keys. */
    ShardedTable keyValue();

    /**
     * The record table of database {@code default} that a plain key {@code TABLE:KEY} addresses, or null if it is a key
     * like any other.
     */
    @Nullable
    ShardedTable addressedBy(long key, int keyLength);

    /** The table with this id, or null when it was dropped. */
    @Nullable
    ShardedTable byId(int id);
}
