package sherd.engine.archive.text;

import sherd.engine.schema.ColumnType;

/** What a query has to know of a column. */
public interface SearchColumn {
    String name();

    ColumnType type();

    /** Its words answer bare words. */
    boolean searched();

    /** Not a column to users; {@code name:value} does not reach it. */
    boolean hidden();
}
