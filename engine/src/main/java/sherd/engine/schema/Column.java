package sherd.engine.schema;

/** A named array of one type. */
public record Column(String name, ColumnType type) {}
