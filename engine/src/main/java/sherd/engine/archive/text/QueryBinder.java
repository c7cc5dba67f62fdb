package sherd.engine.archive.text;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/** Settles {@code column:value} against the columns there are. */
final class QueryBinder {
    private final List<? extends SearchColumn> columns;

    QueryBinder(List<? extends SearchColumn> columns) {
        this.columns = columns;
    }

    Query bind(Query query) {
        return switch (query) {
            case Query.And(var parts) ->
                new Query.And(parts.stream().map(this::bind).toList());
            case Query.Or(var parts) ->
                new Query.Or(parts.stream().map(this::bind).toList());
            case Query.Not(var part) -> new Query.Not(bind(part));
            case Query.Field field -> bindField(field);
            case Query.All all -> all;
            case Query.Word word -> word;
            case Query.Phrase phrase -> phrase;
            case Query.Prefix prefix -> prefix;
            case Query.Infix infix -> infix;
            case Query.InColumn in -> in;
            case Query.EqualLong equal -> equal;
            case Query.EqualDouble equal -> equal;
        };
    }

    private Query bindField(Query.Field field) {
        int column = indexOf(field.column());
        if (column < 0) {
            return field.whole();
        }
        if (field.value().isEmpty()) {
            throw invalid(field, "a column without a value");
        }
        return switch (columns.get(column).type()) {
            case STRING, BYTES, JSON -> {
                if (field.words() instanceof Query.Phrase phrase
                        && phrase.words().isEmpty()) {
                    throw invalid(field, "no letters or digits to look for");
                }
                yield new Query.InColumn(column, field.words());
            }
            case INT64, INT32 -> new Query.EqualLong(column, parseLong(field));
            case BOOL -> new Query.EqualLong(column, parseBoolean(field));
            case TIMESTAMP -> new Query.EqualLong(column, parseTime(field));
            case FLOAT64 -> new Query.EqualDouble(column, parseDouble(field));
            case FLOAT32 -> new Query.EqualDouble(column, (float) parseDouble(field));
        };
    }

    private int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).hidden() && columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static long parseLong(Query.Field field) {
        try {
            return Long.parseLong(field.value());
        } catch (NumberFormatException e) {
            throw invalid(field, "not a whole number", e);
        }
    }

    private static double parseDouble(Query.Field field) {
        try {
            return Double.parseDouble(field.value());
        } catch (NumberFormatException e) {
            throw invalid(field, "not a number", e);
        }
    }

    private static long parseBoolean(Query.Field field) {
        return switch (field.value()) {
            case "true" -> 1;
            case "false" -> 0;
            default -> throw invalid(field, "neither true nor false");
        };
    }

    private static long parseTime(Query.Field field) {
        try {
            // Only a written date has a dash after the first character.
            return field.value().lastIndexOf('-') <= 0
                    ? Long.parseLong(field.value())
                    : Instant.parse(field.value()).toEpochMilli();
        } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
            throw invalid(field, "neither milliseconds since 1970 nor a time like 2026-11-23T08:00:00Z", e);
        }
    }

    private static RuntimeException invalid(Query.Field field, String problem) {
        return QueryParser.invalid(field.column() + ":" + field.value(), problem, field.position(), null);
    }

    private static RuntimeException invalid(Query.Field field, String problem, Exception cause) {
        return QueryParser.invalid(field.column() + ":" + field.value(), problem, field.position(), cause);
    }
}
