package sherd.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableName;

/** Creates the log table that files are loaded into, if it is not there. */
final class TableMaker {
    private static final int LINES_LOOKED_AT = 1000;
    private static final String TIME = "ts";

    private final NodeClient node;
    private final TableName table;

    TableMaker(NodeClient node, TableName table) {
        this.node = node;
        this.table = table;
    }

    /** For text a table of {@code ts} and {@code line}; for NDJSON one whose columns fit the first lines. */
    void makeIfMissing(Path first, LoadCommand.Format format) {
        try {
            var found = node.get(NodeClient.path(table));
            if (found.status() != 404) {
                if (!found.good()) {
                    throw new BadException(found.problem());
                }
                return;
            }
            Map<String, ColumnType> columns = switch (format) {
                case TEXT -> Map.of();
                case NDJSON -> columnsOf(first);
            };
            var made = node.json("PUT", NodeClient.path(table), document(columns));
            if (!made.good()) {
                throw new BadException("cannot create the table: " + made.problem());
            }
            System.err.println("created log table " + table + " (" + described(columns) + ")");
        } catch (NodeClient.NoAnswerException e) {
            throw new BadException("the node did not answer: " + e.getMessage() + "; nothing was loaded", e);
        } catch (IOException e) {
            throw new BadException("cannot read the file: " + first + " (" + e + "); nothing was loaded", e);
        }
    }

    private static String document(Map<String, ColumnType> columns) {
        if (columns.isEmpty()) {
            return "{\"kind\":\"log\"}";
        }
        var list = new ArrayList<String>();
        columns.forEach(
                (name, type) -> list.add("{\"name\":" + Json.quoted(name) + ",\"type\":\"" + type.label() + "\"}"));
        return "{\"kind\":\"log\",\"columns\":[" + String.join(",", list) + "],\"time\":\"" + TIME + "\"}";
    }

    private static String described(Map<String, ColumnType> columns) {
        if (columns.isEmpty()) {
            return "ts timestamp, line string";
        }
        var list = new ArrayList<String>();
        columns.forEach((name, type) -> list.add(name + " " + type.label()));
        return String.join(", ", list);
    }

    private static Map<String, ColumnType> columnsOf(Path file) throws IOException {
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        columns.put(TIME, ColumnType.TIMESTAMP);
        try (var lines = Files.lines(file)) {
            lines.limit(LINES_LOOKED_AT)
                    .forEach(line -> Json.parsed(line).ifPresent(value -> {
                        if (value instanceof Map<?, ?> row) {
                            row.forEach((name, cell) -> widen(columns, String.valueOf(name), cell));
                        }
                    }));
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
        return columns;
    }

    private static void widen(Map<String, ColumnType> columns, String name, @Nullable Object cell) {
        if (cell == null || name.equals(TIME)) {
            return;
        }
        var type = switch (cell) {
            case String _ -> ColumnType.STRING;
            case Boolean _ -> ColumnType.BOOL;
            case Integer _, Long _ -> ColumnType.INT64;
            case Number _ -> ColumnType.FLOAT64;
            default -> ColumnType.JSON;
        };
        columns.merge(name, type, TableMaker::both);
    }

    /** A type that takes the values of both. */
    private static ColumnType both(ColumnType a, ColumnType b) {
        var numbers = List.of(ColumnType.INT64, ColumnType.FLOAT64);
        if (a == b) {
            return a;
        }
        return numbers.contains(a) && numbers.contains(b) ? ColumnType.FLOAT64 : ColumnType.JSON;
    }
}
