package sherd.server.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sherd.engine.SegmentStatus;
import sherd.engine.TableStatus;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.lifecycle.ArchiveDecision;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.server.TimeText;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Tables: made, described, listed, dropped. All of it may wait for the disk, so workers do it. */
final class TableCalls {
    private TableCalls() {}

    static Body list(Exchange exchange) {
        exchange.requireParameters(List.of());
        return Body.ignored(() -> exchange.replyFromWorker(() -> Response.json(200, json -> {
            json.writeStartObject();
            json.writeArrayPropertyStart("tables");
            for (var table : exchange.engine().tables()) {
                json.writeStartObject();
                definition(json, table.definition());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        })));
    }

    static Body create(Exchange exchange) {
        var name = exchange.tableName();
        exchange.requireType(List.of(Response.JSON));
        return DocumentBody.json(exchange, document -> {
            var config = exchange.engine().config();
            var definition = new Request(config.defaultShards(), config.archive()).read(name, document);
            exchange.replyFromWorker(() -> {
                boolean created = exchange.engine().createTable(definition);
                return Response.json(created ? 201 : 200, json -> {
                    json.writeStartObject();
                    definition(json, definition);
                    json.writeEndObject();
                });
            });
        });
    }

    static Body describe(Exchange exchange) {
        exchange.requireParameters(List.of());
        var table = exchange.table();
        return Body.ignored(() -> exchange.replyFromWorker(() -> {
            var status = exchange.engine().status(table);
            var decision = exchange.engine().explain(table);
            return Response.json(200, json -> {
                json.writeStartObject();
                definition(json, table.definition());
                homes(json, status);
                oldestRows(json, decision);
                segments(json, status.segments());
                json.writeEndObject();
            });
        }));
    }

    static Body drop(Exchange exchange) {
        var name = exchange.tableName();
        return Body.ignored(() -> exchange.replyFromWorker(() -> {
            if (!exchange.engine().dropTable(name)) {
                throw new StoreException(
                        ErrorCode.UNKNOWN_TABLE, "no such table: table=" + name + "; GET /api/v1/tables lists them");
            }
            return Response.empty(204);
        }));
    }

    private static void definition(JsonGenerator json, TableDefinition table) {
        json.writeStringProperty("database", table.name().database());
        json.writeStringProperty("table", table.name().table());
        json.writeStringProperty("kind", table.kind().label());
        json.writeArrayPropertyStart("columns");
        for (var column : table.columns()) {
            json.writeStartObject();
            json.writeStringProperty("name", column.name());
            json.writeStringProperty("type", column.type().label());
            json.writeEndObject();
        }
        json.writeEndArray();
        names(json, "key", table.key());
        names(json, "shard_key", table.shardKey());
        table.time().ifPresent(time -> json.writeStringProperty("time", time));
        json.writeNumberProperty("shards", table.shards());
        json.writeObjectPropertyStart("archive");
        json.writeStringProperty(
                "min_age", TimeText.formatDuration(table.archive().minAge()));
        json.writeNumberProperty("max_reads", table.archive().maxReads());
        json.writeStringProperty(
                "reads_window", TimeText.formatDuration(table.archive().readsWindow()));
        json.writeStringProperty(
                "retention", TimeText.formatDuration(table.archive().retention()));
        json.writeEndObject();
    }

    private static void names(JsonGenerator json, String member, List<String> names) {
        json.writeArrayPropertyStart(member);
        names.forEach(json::writeString);
        json.writeEndArray();
    }

    private static void homes(JsonGenerator json, TableStatus status) {
        json.writeObjectPropertyStart("rows");
        json.writeNumberProperty("hot", status.hotRows());
        json.writeNumberProperty("archived", status.archivedRows());
        json.writeEndObject();
        json.writeObjectPropertyStart("bytes");
        json.writeNumberProperty("hot", status.hotBytes());
        json.writeNumberProperty("archived", status.archivedBytes());
        json.writeEndObject();
    }

    private static void oldestRows(JsonGenerator json, ArchiveDecision decision) {
        json.writeObjectPropertyStart("oldest_rows");
        json.writeStringProperty(
                "decision",
                switch (decision) {
                    case ArchiveDecision.Stay _ -> "stay";
                    case ArchiveDecision.Queue _ -> "queue";
                    case ArchiveDecision.Archive _ -> "archive";
                });
        json.writeStringProperty("reason", decision.reason());
        json.writeEndObject();
    }

    static void segments(JsonGenerator json, List<SegmentStatus> segments) {
        json.writeArrayPropertyStart("segments");
        for (var segment : segments) {
            json.writeStartObject();
            json.writeStringProperty("id", segment.id());
            json.writeStringProperty("file", segment.file());
            json.writeNumberProperty("rows", segment.rows());
            times(json, segment);
            json.writeNumberProperty("size_bytes", segment.sizeBytes());
            json.writeStringProperty("state", segment.state());
            if (!segment.problem().isEmpty()) {
                json.writeStringProperty("problem", segment.problem());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** A table without a time column has no times, which a range over all times stands for. */
    static void times(JsonGenerator json, SegmentStatus segment) {
        boolean timed = segment.minTime() != Long.MIN_VALUE || segment.maxTime() != Long.MAX_VALUE;
        time(json, "min_time", timed, segment.minTime());
        time(json, "max_time", timed, segment.maxTime());
    }

    private static void time(JsonGenerator json, String member, boolean known, long epochMillis) {
        json.writeName(member);
        if (known) {
            JsonOut.time(json, epochMillis);
        } else {
            json.writeNull();
        }
    }

    /** What a client says of a new table. */
    private static final class Request {
        private @Nullable TableKind kind;
        private final List<Column> columns = new ArrayList<>();
        private List<String> key = List.of();
        private List<String> shardKey = List.of();
        private @Nullable String time;
        private int shards;
        private ArchiveSettings archive;

        /** With the settings of tables that say nothing of their own. */
        Request(int shards, ArchiveSettings archive) {
            this.shards = shards;
            this.archive = archive;
        }

        TableDefinition read(TableName name, byte[] document) {
            JsonIn.object(document, this::member);
            if (kind == null) {
                throw JsonIn.invalid("no kind: table=" + name + "; say \"kind\": \"record\" or \"log\"");
            }
            if (kind == TableKind.LOG && columns.isEmpty()) {
                var lines = TableDefinition.lines(name, shards, archive);
                if (!key.isEmpty()
                        || !shardKey.isEmpty()
                        || !lines.time().equals(Optional.ofNullable(time).or(lines::time))) {
                    throw JsonIn.invalid("key, shard_key and time name columns, but there are none: table=" + name
                            + "; list columns, or leave them out");
                }
                return lines;
            }
            return new TableDefinition(
                    name, kind, columns, key, shardKey, Optional.ofNullable(timeColumn()), shards, archive);
        }

        /** A log table that does not say so orders its rows by {@code ts}. */
        private @Nullable String timeColumn() {
            boolean usual = kind == TableKind.LOG && columns.contains(new Column("ts", ColumnType.TIMESTAMP));
            return time == null && usual ? "ts" : time;
        }

        private void member(String name, JsonParser parser) {
            switch (name) {
                case "kind" -> kind = kind(JsonIn.string(name, parser));
                case "columns" -> columns(parser);
                case "key" -> key = names(name, parser);
                case "shard_key" -> shardKey = names(name, parser);
                case "time" -> time = JsonIn.string(name, parser);
                case "shards" -> shards = (int) JsonIn.integer(name, parser, 1, TableDefinition.MAX_SHARDS);
                case "archive" -> archive(parser);
                default -> throw JsonIn.unknown(name, "kind, columns, key, shard_key, time, shards, archive");
            }
        }

        private static TableKind kind(String text) {
            for (var kind : TableKind.values()) {
                if (kind.label().equals(text)) {
                    return kind;
                }
            }
            throw JsonIn.invalid("unknown kind: kind='" + text + "'; use record or log");
        }

        private void columns(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw JsonIn.wrongType("columns", "an array of {\"name\", \"type\"}", parser);
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    throw JsonIn.wrongType("columns", "{\"name\": ..., \"type\": ...}", parser);
                }
                var parts = new String[] {"", ""};
                JsonIn.members(parser, (name, value) -> {
                    switch (name) {
                        case "name" -> parts[0] = JsonIn.string(name, value);
                        case "type" -> parts[1] = JsonIn.string(name, value);
                        default -> throw JsonIn.unknown(name, "name, type");
                    }
                });
                columns.add(new Column(parts[0], type(parts[0], parts[1])));
            }
        }

        private static ColumnType type(String column, String label) {
            return ColumnType.parse(label)
                    .orElseThrow(() -> JsonIn.invalid("unknown type: column='" + column + "' type='" + label + "'; use "
                            + String.join(
                                    ", ",
                                    Arrays.stream(ColumnType.values())
                                            .map(ColumnType::label)
                                            .toList())));
        }

        private static List<String> names(String member, JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw JsonIn.wrongType(member, "an array of column names", parser);
            }
            var names = new ArrayList<String>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                names.add(JsonIn.string(member, parser));
            }
            return names;
        }

        private void archive(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw JsonIn.wrongType("archive", "an object", parser);
            }
            JsonIn.members(
                    parser,
                    (name, value) -> archive = switch (name) {
                        case "min_age" ->
                            new ArchiveSettings(
                                    duration(name, value),
                                    archive.maxReads(),
                                    archive.readsWindow(),
                                    archive.retention());
                        case "max_reads" ->
                            new ArchiveSettings(
                                    archive.minAge(),
                                    (int) JsonIn.integer(name, value, 0, Integer.MAX_VALUE),
                                    archive.readsWindow(),
                                    archive.retention());
                        case "reads_window" ->
                            new ArchiveSettings(
                                    archive.minAge(), archive.maxReads(), window(name, value), archive.retention());
                        case "retention" ->
                            new ArchiveSettings(
                                    archive.minAge(), archive.maxReads(), archive.readsWindow(), duration(name, value));
                        default -> throw JsonIn.unknown(name, "min_age, max_reads, reads_window, retention");
                    });
        }

        private static long window(String name, JsonParser parser) {
            long window = duration(name, parser);
            if (window == 0) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT,
                        "bad duration: archive." + name + "='0'; choose one above 0, for example 24h");
            }
            return window;
        }

        private static long duration(String name, JsonParser parser) {
            return TimeText.duration("archive." + name, JsonIn.string(name, parser));
        }
    }
}
