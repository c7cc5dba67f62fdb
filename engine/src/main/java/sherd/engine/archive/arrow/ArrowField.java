package sherd.engine.archive.arrow;

import java.util.Map;
import sherd.engine.schema.ColumnType;

/** A column as the Arrow schema names it. */
public record ArrowField(String name, ColumnType type, Map<String, String> metadata) {
    public ArrowField {
        metadata = Map.copyOf(metadata);
    }
}
