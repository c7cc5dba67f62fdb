package sherd.server.loki;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sherd.engine.time.Clock;
import sherd.server.loki.logql.Expr;
import sherd.server.loki.logql.Labels;
import tools.jackson.core.JsonGenerator;

/** Answers every question from this node's rows. */
final class Questions {
    /** The release of Loki whose API this is, for clients that ask before they use it. */
    private static final String API_OF = "3.0.0";

    private static final int SAMPLED_LINES = 1000;
    private static final int VOLUMES = 100;

    private final Clock clock;
    private final LokiLimits limits;
    private final Queries queries;
    private final StreamQueries streams;

    Questions(Scans scans, LokiTables tables, Clock clock, LokiLimits limits) {
        this.clock = clock;
        this.limits = limits;
        var cache = new StreamCache();
        queries = new Queries(scans, tables, cache, limits);
        streams = new StreamQueries(scans, tables, cache, limits);
    }

    Parameters parameters(Question question, LokiRequest request) {
        return switch (question) {
            case QUERY, QUERY_RANGE, STATS, VOLUME, DETECTED_FIELDS, BUILD_INFO ->
                Parameters.forRows(request, clock.epochMillis());
            case LABELS, LABEL_VALUES, SERIES, DETECTED_LABELS -> Parameters.forLabels(request, clock.epochMillis());
        };
    }

    /** Refuses what no server could answer, before any is asked. */
    void check(Question question, Parameters given) {
        given.requireOrder();
        if (question == Question.QUERY || question == Question.QUERY_RANGE) {
            var _ = given.query();
            var _ = given.limit(limits.entries());
            var _ = given.newestFirst();
        }
    }

    /** Blocks. */
    Found answer(Question question, LokiRequest request, Parameters given, Clock clock) {
        return switch (question) {
            case QUERY -> query(clock, figures -> queries.instant(request, given, figures));
            case QUERY_RANGE -> query(clock, figures -> queries.range(request, given, figures));
            case LABELS -> new Found.Texts(List.copyOf(streams.names(request, given)));
            case LABEL_VALUES -> new Found.Texts(List.copyOf(streams.values(request, given)));
            case SERIES -> new Found.Series(List.copyOf(streams.series(request, given)));
            case STATS -> stats(streams.volumes(request, given));
            case VOLUME -> volume(request, given);
            case DETECTED_LABELS -> detectedLabels(streams.cardinalities(request, given));
            case DETECTED_FIELDS -> detectedFields(request, given);
            case BUILD_INFO -> buildInfo();
        };
    }

    private interface Work {
        Result run(Figures figures);
    }

    private static Found query(Clock clock, Work work) {
        var figures = new Figures();
        long started = clock.nanoTime();
        var result = work.run(figures);
        figures.took(clock.nanoTime() - started);
        return new Found.Query(result, figures);
    }

    private static Found stats(Map<Labels, StreamQueries.Volume> volumes) {
        return new Found.Document(json -> {
            json.writeStartObject();
            json.writeNumberProperty("streams", volumes.size());
            json.writeNumberProperty("chunks", volumes.size());
            json.writeNumberProperty(
                    "entries",
                    volumes.values().stream()
                            .mapToLong(StreamQueries.Volume::entries)
                            .sum());
            json.writeNumberProperty(
                    "bytes",
                    volumes.values().stream()
                            .mapToLong(StreamQueries.Volume::bytes)
                            .sum());
            json.writeEndObject();
        });
    }

    /** Bytes by the labels that the selector names, or by those asked for. */
    private Found volume(LokiRequest request, Parameters given) {
        var names = new ArrayList<String>();
        if (!given.text("targetLabels").isEmpty()) {
            names.addAll(List.of(given.text("targetLabels").split(",", -1)));
        } else if (given.query() instanceof Expr.Log log) {
            log.selector().forEach(matcher -> names.add(matcher.name()));
        }
        var sums = new TreeMap<Labels, Long>();
        streams.volumes(request, given)
                .forEach((labels, volume) -> sums.merge(labels.only(names), volume.bytes(), Long::sum));
        var rows = sums.entrySet().stream()
                .sorted(Map.Entry.<Labels, Long>comparingByValue().reversed())
                .limit(given.number("limit", VOLUMES, limits.entries()))
                .map(sum -> new Result.Row(
                        sum.getKey(), List.of(new Result.Sample(given.end(), Long.toString(sum.getValue())))))
                .toList();
        return new Found.Query(new Result.Samples(true, rows), new Figures());
    }

    private static Found detectedLabels(Map<String, Integer> cardinalities) {
        return new Found.Document(json -> {
            json.writeStartObject();
            json.writeArrayPropertyStart("detectedLabels");
            cardinalities.forEach((label, count) -> {
                json.writeStartObject();
                json.writeStringProperty("label", label);
                json.writeNumberProperty("cardinality", count);
                json.writeEndObject();
            });
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private Found detectedFields(LokiRequest request, Parameters given) {
        if (!(given.query() instanceof Expr.Log log)) {
            throw LokiException.bad("only log queries are supported: query='" + given.text("query") + "'");
        }
        int sampled = given.number("line_limit", SAMPLED_LINES, limits.entries());
        var sample = queries.lines(request, log, given, new Figures());
        var fields = DetectedFields.of(sample.subList(0, Math.min(sampled, sample.size())));
        return new Found.Document(json -> {
            json.writeStartObject();
            json.writeArrayPropertyStart("fields");
            fields.forEach((name, field) -> field(json, name, field));
            json.writeEndArray();
            json.writeNumberProperty("limit", sampled);
            json.writeEndObject();
        });
    }

    private static void field(JsonGenerator json, String name, DetectedFields.Field field) {
        json.writeStartObject();
        json.writeStringProperty("label", name);
        json.writeStringProperty("type", field.type());
        json.writeNumberProperty("cardinality", field.cardinality());
        json.writeArrayPropertyStart("parsers");
        field.parsers().forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static Found buildInfo() {
        return new Found.Document(json -> {
            json.writeStartObject();
            json.writeStringProperty("version", API_OF);
            for (var unknown : List.of("revision", "branch", "buildUser", "buildDate", "goVersion")) {
                json.writeStringProperty(unknown, unknown.equals("branch") ? "sherd" : "");
            }
            json.writeEndObject();
        });
    }
}
