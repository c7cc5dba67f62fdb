package sherd.server.http;

import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.Hit;
import sherd.engine.SearchExplain;
import sherd.engine.SearchRequest;
import sherd.engine.SearchResult;
import sherd.engine.SearchStats;
import sherd.engine.archive.SegmentExplain;
import sherd.engine.error.ErrorCode;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.server.TimeText;
import tools.jackson.core.JsonGenerator;

/** Search over all homes of a table, and archiving it now. Both wait for the disk, so workers do them. */
final class SearchCalls {
    private static final int USUAL_LIMIT = 100;
    private static final int HIGHEST_LIMIT = 10_000;
    private static final long DEADLINE_MILLIS = 30_000;

    private SearchCalls() {}

    static Body search(Exchange exchange) {
        exchange.requireParameters(List.of("q", "from", "to", "limit", "explain"));
        var table = exchange.table();
        if (table.definition().freeForm()) {
            throw Problem.refuse(
                    ErrorCode.INVALID_ARGUMENT,
                    "keys of default.kv are not indexed by word: table="
                            + table.definition().name() + "; search a table with columns");
        }
        var request = request(exchange);
        return Body.ignored(() -> exchange.replyFromWorker(() -> {
            var result = exchange.engine().search(table, request);
            return Response.json(200, json -> result(json, table.definition(), result));
        }));
    }

    /** Milliseconds that a request asks for, the last no longer wanted. */
    record Range(long from, long to) {}

    static Range range(Exchange exchange) {
        var given = exchange.parameters();
        long now = exchange.now();
        long from = given.containsKey("from") ? TimeText.parse("from", given.get("from"), now) : Long.MIN_VALUE;
        long to = given.containsKey("to") ? TimeText.parse("to", given.get("to"), now) : Long.MAX_VALUE;
        if (from > to) {
            throw Problem.refuse(
                    ErrorCode.INVALID_ARGUMENT,
                    "from is after to: from=" + given.get("from") + " to=" + given.get("to") + "; swap them");
        }
        return new Range(from, to);
    }

    private static SearchRequest request(Exchange exchange) {
        var given = exchange.parameters();
        var range = range(exchange);
        return new SearchRequest(
                        given.getOrDefault("q", ""),
                        range.from(),
                        range.to(),
                        limit(given.get("limit")),
                        explain(given.get("explain")),
                        DEADLINE_MILLIS)
                .until(exchange::abandoned)
                .readBy(exchange.reader());
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return USUAL_LIMIT;
        }
        if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) <= HIGHEST_LIMIT) {
            return Integer.parseInt(text);
        }
        throw Problem.refuse(
                ErrorCode.INVALID_ARGUMENT, "bad limit: limit='" + text + "'; choose 0 to " + HIGHEST_LIMIT);
    }

    private static boolean explain(@Nullable String text) {
        return switch (text) {
            case null -> false;
            case "true", "1", "" -> true;
            case "false", "0" -> false;
            default ->
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT, "bad explain: explain='" + text + "'; use true or false");
        };
    }

    private static void result(JsonGenerator json, TableDefinition table, SearchResult result) {
        json.writeStartObject();
        json.writeArrayPropertyStart("hits");
        for (var hit : result.hits()) {
            hit(json, table, hit);
        }
        json.writeEndArray();
        json.writeNumberProperty("total", result.total());
        json.writeNumberProperty("took_us", result.tookMicros());
        stats(json, result.stats());
        result.explain().ifPresent(explain -> explain(json, explain));
        json.writeEndObject();
    }

    /** What it took to answer, as a member of the answer. */
    static void stats(JsonGenerator json, SearchStats stats) {
        json.writeObjectPropertyStart("stats");
        json.writeNumberProperty("segments", stats.segments());
        json.writeNumberProperty("pruned", stats.pruned());
        json.writeNumberProperty("quarantined", stats.damaged());
        json.writeNumberProperty("unreachable", stats.unreachable());
        json.writeNumberProperty("blocks_read", stats.blocksRead());
        json.writeNumberProperty("bytes_read", stats.bytesRead());
        json.writeNumberProperty("hot_rows", stats.hotRows());
        json.writeEndObject();
    }

    private static void explain(JsonGenerator json, SearchExplain explain) {
        json.writeObjectPropertyStart("explain");
        json.writeArrayPropertyStart("steps");
        for (var step : explain.steps()) {
            json.writeStartObject();
            json.writeStringProperty("step", step.name());
            json.writeNumberProperty("took_us", step.micros());
            step.facts().forEach(fact -> json.writeNumberProperty(fact.name(), fact.value()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("segments");
        explain.segments().forEach(segment -> explain(json, segment));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void explain(JsonGenerator json, SegmentExplain segment) {
        json.writeStartObject();
        json.writeStringProperty("segment", segment.segment());
        json.writeStringProperty("plan", segment.plan());
        json.writeArrayPropertyStart("terms");
        segment.terms().forEach(json::writeString);
        json.writeEndArray();
        json.writeNumberProperty("candidates", segment.candidates());
        json.writeNumberProperty("certain", segment.certain());
        json.writeNumberProperty("verified", segment.verified());
        json.writeNumberProperty("index_reads", segment.indexReads());
        json.writeNumberProperty("index_bytes", segment.indexBytes());
        json.writeNumberProperty("blocks_read", segment.blocksRead());
        json.writeNumberProperty("bytes_read", segment.bytesRead());
        json.writeNumberProperty("index_us", segment.planNanos() / 1000);
        json.writeNumberProperty("rows_us", segment.readNanos() / 1000);
        json.writeEndObject();
    }

    /** Columns stand beside {@code ts}, {@code segment} and {@code row}; a column of one of these names gives way. */
    private static void hit(JsonGenerator json, TableDefinition table, Hit hit) {
        json.writeStartObject();
        json.writeName("ts");
        if (table.time().isPresent()) {
            JsonOut.time(json, hit.ts());
        } else {
            json.writeNull();
        }
        for (int i = 0; i < table.columns().size(); i++) {
            var column = table.columns().get(i);
            boolean taken = List.of("ts", "segment", "row").contains(column.name());
            boolean time =
                    table.kind() == TableKind.LOG && table.time().orElse("").equals(column.name());
            if (!taken && !time) {
                json.writeName(column.name());
                JsonOut.value(json, column, hit.values()[i]);
            }
        }
        json.writeName("segment");
        if (hit.segment() == null) {
            json.writeNull();
        } else {
            json.writeString(hit.segment());
        }
        json.writeNumberProperty("row", hit.row());
        json.writeEndObject();
    }

    static Body archive(Exchange exchange) {
        exchange.requireParameters(List.of());
        var table = exchange.table();
        exchange.requireType(List.of(Response.JSON));
        return DocumentBody.json(exchange, document -> {
            var age = new long[] {table.definition().archive().minAge()};
            JsonIn.object(document, (name, parser) -> {
                if (!name.equals("older_than")) {
                    throw JsonIn.unknown(name, "older_than");
                }
                age[0] = TimeText.duration(name, JsonIn.string(name, parser));
            });
            exchange.replyFromWorker(() -> {
                var segments = exchange.engine().archive(table, age[0]);
                return Response.json(200, json -> {
                    json.writeStartObject();
                    TableCalls.segments(json, segments);
                    json.writeEndObject();
                });
            });
        });
    }
}
