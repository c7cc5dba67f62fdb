package sherd.engine.archive;

import java.util.Map;
import sherd.engine.schema.TableDefinition;

/**
 * A table in the catalog.
 *
 * @param id given once, never again
 * @param state what the table's owner keeps here; the catalog does not look into it
 */
public record TableEntry(int id, TableDefinition definition, Map<String, String> state) {
    public TableEntry {
        state = Map.copyOf(state);
    }
}
