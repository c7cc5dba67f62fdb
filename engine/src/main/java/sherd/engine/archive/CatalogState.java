package sherd.engine.archive;

import java.util.List;
import java.util.Map;

/**
 * Everything the catalog says. Immutable; a change makes the next version.
 *
 * @param version grows by one with each commit
 * @param nextTableId the id the next table gets
 * @param checkpointLsn the commit log is needed from here on
 * @param state what the catalog's owner keeps here besides
 */
public record CatalogState(
        long version,
        int nextTableId,
        long checkpointLsn,
        List<TableEntry> tables,
        List<SegmentEntry> segments,
        Map<String, String> state) {
    public static final CatalogState EMPTY = new CatalogState(0, 1, 0, List.of(), List.of(), Map.of());

    public CatalogState {
        tables = List.copyOf(tables);
        segments = List.copyOf(segments);
        state = Map.copyOf(state);
    }
}
