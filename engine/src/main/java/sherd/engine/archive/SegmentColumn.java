package sherd.engine.archive;

import sherd.engine.archive.text.SearchColumn;
import sherd.engine.schema.ColumnType;

/**
 * A column of a segment.
 *
 * @param searched its words go into the index
 * @param hidden kept by the store for itself, not a column to users
 */
public record SegmentColumn(String name, ColumnType type, boolean searched, boolean hidden) implements SearchColumn {
    public SegmentColumn unsearched() {
        return new SegmentColumn(name, type, false, hidden);
    }
}
