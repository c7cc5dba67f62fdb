package sherd.server.http;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sherd.engine.AggregateRequest;
import sherd.engine.AggregateRequest.Function;
import sherd.engine.AggregateRequest.Grouping;
import sherd.engine.AggregateResult;
import sherd.engine.error.ErrorCode;
import sherd.engine.schema.Column;
import sherd.engine.schema.TableDefinition;
import sherd.server.TimeText;
import tools.jackson.core.JsonGenerator;

/** Counts and sums over all homes of a table, by group. They wait for the disk, so workers do them. */
final class AggregateCalls {
    private static final long DEADLINE_MILLIS = TimeUnit.SECONDS.toMillis(30);
    private static final Pattern WINDOW = Pattern.compile("window\\(([^,()]+),([^,()]+)\\)");
    private static final Pattern PARTS = Pattern.compile(",(?![^(]*\\))");

    private AggregateCalls() {}

    static Body aggregate(Exchange exchange) {
        exchange.requireParameters(List.of("fn", "column", "where", "by", "from", "to"));
        var table = exchange.table();
        var definition = table.definition();
        if (definition.freeForm()) {
            throw Problem.refuse(
                    ErrorCode.INVALID_ARGUMENT,
                    "keys of default.kv have no columns to compute of: table=" + definition.name()
                            + "; ask a table with columns");
        }
        var request = request(exchange);
        return Body.ignored(() -> exchange.replyFromWorker(() -> {
            var result = exchange.engine().aggregate(table, request);
            return Response.json(200, json -> result(json, definition, request, result));
        }));
    }

    private static AggregateRequest request(Exchange exchange) {
        var given = exchange.parameters();
        var range = SearchCalls.range(exchange);
        return new AggregateRequest(
                function(given.getOrDefault("fn", "")),
                Optional.ofNullable(given.get("column")),
                given.getOrDefault("where", ""),
                groupings(given.getOrDefault("by", "")),
                range.from(),
                range.to(),
                DEADLINE_MILLIS,
                exchange::abandoned,
                exchange.reader());
    }

    private static Function function(String text) {
        return Function.parse(text)
                .orElseThrow(() -> Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT,
                        "no such function: fn='" + text + "'; use "
                                + String.join(
                                        ", ",
                                        Arrays.stream(Function.values())
                                                .map(Function::label)
                                                .toList())));
    }

    private static List<Grouping> groupings(String text) {
        var groupings = new ArrayList<Grouping>();
        for (var part : text.isBlank() ? new String[0] : PARTS.split(text)) {
            var window = WINDOW.matcher(part.strip());
            if (!window.matches()) {
                groupings.add(new Grouping(part.strip(), 0));
                continue;
            }
            long width = TimeText.duration("by", window.group(2).strip());
            if (width == 0) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT, "a window needs a length: by='" + part + "'; write window(ts,1h)");
            }
            groupings.add(new Grouping(window.group(1).strip(), width));
        }
        var seen = new HashSet<String>();
        for (var grouping : groupings) {
            if (!seen.add(grouping.column())) {
                throw Problem.refuse(
                        ErrorCode.INVALID_ARGUMENT,
                        "grouped twice: by='" + grouping.column() + "'; name each column once");
            }
        }
        return groupings;
    }

    private static void result(
            JsonGenerator json, TableDefinition table, AggregateRequest request, AggregateResult result) {
        var of = request.column()
                .map(name -> table.columns().get(table.indexOf(name)))
                .orElse(table.columns().getFirst());
        json.writeStartObject();
        json.writeArrayPropertyStart("groups");
        for (var group : result.groups()) {
            json.writeStartObject();
            json.writeObjectPropertyStart("by");
            for (int i = 0; i < group.key().length; i++) {
                var column =
                        table.columns().get(table.indexOf(request.by().get(i).column()));
                json.writeName(column.name());
                JsonOut.value(json, column, group.key()[i]);
            }
            json.writeEndObject();
            json.writeName("value");
            value(json, request.function(), of, group.value());
            json.writeNumberProperty("rows", group.rows());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberProperty("rows", result.rows());
        json.writeNumberProperty("took_us", result.tookMicros());
        SearchCalls.stats(json, result.stats());
        json.writeEndObject();
    }

    private static void value(JsonGenerator json, Function function, Column of, @Nullable Object value) {
        switch (function) {
            case MIN, MAX -> JsonOut.value(json, of, value);
            case COUNT, SUM, AVG -> {
                switch (value) {
                    case null -> json.writeNull();
                    case Long whole -> json.writeNumber(whole);
                    case BigInteger large -> json.writeNumber(large);
                    default -> JsonOut.number(json, ((Number) value).doubleValue());
                }
            }
        }
    }
}
