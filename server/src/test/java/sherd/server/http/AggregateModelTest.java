package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import sherd.server.TimeText;

/** Counts and sums over rows in memory and in segments equal those over a list. */
final class AggregateModelTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final int ROWS = 1500;
    private static final int QUESTIONS = 300;
    private static final long FIRST_TIME = 1_769_860_800_000L;
    private static final long MINUTE = 60_000;
    private static final List<String> LEVELS = List.of("debug", "info", "warn", "error");
    private static final String COLUMNS = "\"columns\":[{\"name\":\"id\",\"type\":\"int64\"},"
            + "{\"name\":\"ts\",\"type\":\"timestamp\"},{\"name\":\"level\",\"type\":\"string\"},"
            + "{\"name\":\"size\",\"type\":\"int64\"},{\"name\":\"small\",\"type\":\"int32\"},"
            + "{\"name\":\"ratio\",\"type\":\"float64\"},{\"name\":\"ok\",\"type\":\"bool\"}]";

    /** Fractions are quarters, so that sums of them are exact in any order. */
    private record Row(
            long id,
            long ts,
            @Nullable String level,
            @Nullable Long size,
            int small,
            @Nullable Double ratio,
            boolean ok) {
        static Row random(Random random, long id) {
            return new Row(
                    id,
                    FIRST_TIME + random.nextInt(10 * (int) MINUTE),
                    random.nextInt(9) == 0 ? null : LEVELS.get(random.nextInt(LEVELS.size())),
                    random.nextInt(9) == 0 ? null : random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(1000),
                    random.nextInt(50),
                    random.nextInt(9) == 0 ? null : random.nextInt(-4000, 4000) / 4.0,
                    random.nextBoolean());
        }

        String json() {
            return "{\"id\":" + id + ",\"ts\":" + ts + ",\"level\":" + (level == null ? "null" : "\"" + level + "\"")
                    + ",\"size\":" + size + ",\"small\":" + small + ",\"ratio\":" + ratio + ",\"ok\":" + ok + "}";
        }

        @Nullable
        Object get(String column) {
            return switch (column) {
                case "ts" -> ts;
                case "level" -> level;
                case "size" -> size;
                case "small" -> (long) small;
                case "ratio" -> ratio;
                case "ok" -> ok;
                default -> throw new IllegalArgumentException(column);
            };
        }
    }

    private static final HttpNode NODE = new HttpNode();
    private static final TreeMap<Long, Row> RECORDS = new TreeMap<>();
    private static final List<Row> EVENTS = new ArrayList<>();

    private final Random random = new Random(SEED);

    @BeforeAll
    static void fill() {
        System.err.println("AggregateModelTest: -Dsherd.test.seed=" + SEED);
        var random = new Random(SEED ^ 1);
        NODE.create("m/records", "{\"kind\":\"record\",\"shards\":2,\"key\":[\"id\"],\"time\":\"ts\"," + COLUMNS + "}");
        NODE.create("m/events", "{\"kind\":\"log\",\"shards\":2,\"time\":\"ts\"," + COLUMNS + "}");
        for (int part = 0; part < 3; part++) {
            var records = new ArrayList<Row>();
            var events = new ArrayList<Row>();
            for (int i = 0; i < ROWS / 3; i++) {
                records.add(Row.random(random, random.nextInt(ROWS)));
                events.add(Row.random(random, i));
            }
            post("records", records);
            post("events", events);
            records.forEach(row -> RECORDS.put(row.id(), row));
            EVENTS.addAll(events);
            for (int i = 0; i < 20; i++) {
                long id = random.nextInt(ROWS);
                NODE.delete("/api/v1/tables/m/records/rows/" + id);
                RECORDS.remove(id);
            }
            if (part < 2) {
                NODE.json("POST", "/api/v1/tables/m/records/archive", "{\"older_than\":\"0s\"}");
                NODE.json("POST", "/api/v1/tables/m/events/archive", "{\"older_than\":\"0s\"}");
            }
        }
    }

    private static void post(String table, List<Row> rows) {
        var body = String.join("\n", rows.stream().map(Row::json).toList());
        var answer = NODE.post("/api/v1/tables/m/" + table + "/rows", "application/x-ndjson", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @AfterAll
    static void close() {
        NODE.close();
    }

    @Test
    void everyAnswerEqualsThatOverAList() {
        for (int i = 0; i < QUESTIONS; i++) {
            ask("records", RECORDS.values());
            ask("events", EVENTS);
        }
    }

    private void ask(String table, Collection<Row> all) {
        var function = List.of("count", "sum", "min", "max", "avg").get(random.nextInt(5));
        var columns = switch (function) {
            case "sum", "avg" -> List.of("size", "small", "ratio");
            case "count" -> List.of("", "size", "level", "ok");
            default -> List.of("size", "small", "ratio", "level", "ts", "ok");
        };
        var column = columns.get(random.nextInt(columns.size()));
        var by = List.of("", "level", "ok", "level,ok", "small", "window(ts,1m)", "window(ts, 90s),level")
                .get(random.nextInt(7));
        var level = LEVELS.get(random.nextInt(LEVELS.size()));
        var where = List.of("", level, "NOT " + level, "level:" + level + " ok:true", "small:7", "nowhere")
                .get(random.nextInt(6));
        long from = FIRST_TIME + random.nextInt(10) * MINUTE;
        long to = from + random.nextInt(10) * MINUTE;
        boolean ranged = random.nextBoolean();
        var path = "/api/v1/tables/m/" + table + "/aggregate?fn=" + function
                + (column.isEmpty() ? "" : "&column=" + column)
                + (by.isEmpty() ? "" : "&by=" + encoded(by))
                + (where.isEmpty() ? "" : "&where=" + encoded(where))
                + (ranged ? "&from=" + from + "&to=" + to : "");
        Predicate<Row> matches = row -> switch (where.split("[: ]")[0]) {
            case "" -> true;
            case "NOT" -> !level.equals(row.level());
            case "level" -> level.equals(row.level()) && row.ok();
            case "small" -> row.small() == 7;
            case "nowhere" -> false;
            default -> level.equals(row.level());
        };
        var rows = all.stream()
                .filter(matches)
                .filter(row -> !ranged || (row.ts() >= from && row.ts() < to))
                .toList();
        var answer = NODE.get(path);
        assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
        var body = Json.object(answer.body());
        assertThat(Json.number(body, "rows")).as(path).isEqualTo(rows.size());
        var got = new TreeMap<String, String>();
        for (var group : Json.list(body, "groups")) {
            got.put(
                    Json.member(group, "by").values().toString(),
                    group.get("value") + " of " + Json.number(group, "rows"));
        }
        assertThat(got).as(path).isEqualTo(model(rows, function, column, by));
    }

    private static TreeMap<String, String> model(List<Row> rows, String function, String column, String by) {
        var groups = new TreeMap<String, List<Row>>();
        if (by.isEmpty()) {
            groups.put("[]", new ArrayList<>());
        }
        for (var row : rows) {
            groups.computeIfAbsent(key(row, by), _ -> new ArrayList<>()).add(row);
        }
        var answers = new TreeMap<String, String>();
        groups.forEach((key, group) -> answers.put(key, value(group, function, column) + " of " + group.size()));
        return answers;
    }

    private static String key(Row row, String by) {
        return switch (by) {
            case "" -> "[]";
            case "level,ok" -> List.of(String.valueOf(row.level()), row.ok()).toString();
            case "window(ts,1m)" -> "[" + TimeText.format(row.ts() - row.ts() % MINUTE) + "]";
            case "window(ts, 90s),level" ->
                "[" + TimeText.format(row.ts() - row.ts() % (90 * 1000)) + ", " + row.level() + "]";
            default -> "[" + row.get(by) + "]";
        };
    }

    private static String value(List<Row> rows, String function, String column) {
        if (column.isEmpty()) {
            return String.valueOf(rows.size());
        }
        var values = rows.stream()
                .map(row -> row.get(column))
                .filter(Objects::nonNull)
                .map(Comparable.class::cast)
                .toList();
        return switch (function) {
            case "count" -> String.valueOf(values.size());
            case "min" -> bound(values, false, column);
            case "max" -> bound(values, true, column);
            default -> sum(values, function.equals("avg"));
        };
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static String bound(List<Comparable> values, boolean greatest, String column) {
        var order = greatest ? Comparator.reverseOrder() : Comparator.naturalOrder();
        var found = values.stream().min((Comparator) order);
        return found.isEmpty()
                ? "null"
                : column.equals("ts") ? TimeText.format((Long) found.get()) : String.valueOf(found.get());
    }

    @SuppressWarnings("rawtypes")
    private static String sum(List<Comparable> values, boolean average) {
        if (values.isEmpty()) {
            return "null";
        }
        if (values.getFirst() instanceof Double) {
            double sum = values.stream().mapToDouble(value -> (Double) value).sum();
            return String.valueOf(average ? sum / values.size() : sum);
        }
        var sum =
                values.stream().map(value -> BigInteger.valueOf((Long) value)).reduce(BigInteger.ZERO, BigInteger::add);
        return average ? String.valueOf(sum.doubleValue() / values.size()) : sum.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void whatMeansNothingIsRefused() {
        refuses("", "no such function: fn=''; use count, sum, min, max, avg");
        refuses("fn=median&column=size", "no such function: fn='median'");
        refuses("fn=sum", "no column to compute of: fn=sum");
        refuses("fn=sum&column=level", "there is no sum of such values: column='level' type=string");
        refuses("fn=min&column=none", "no such column: column='none' table=m.events; there are id, ts");
        refuses("fn=count&by=none", "no such column: column='none'");
        refuses("fn=count&by=level,level", "grouped twice: by='level'");
        refuses("fn=count&by=window(level,1h)", "only times have windows: column='level'");
        refuses("fn=count&by=window(ts,0)", "a window needs a length");
        refuses("fn=count&where=(level", "a '(' that nothing closes");
        refuses("fn=count&from=10&to=5", "from is after to");
        refuses("fn=count&limit=5", "unknown parameter: parameter='limit'");
        var keys = NODE.get("/api/v1/tables/default/kv/aggregate?fn=count");
        assertThat(keys.statusCode()).isEqualTo(400);
    }

    private static void refuses(String query, String why) {
        var answer = NODE.get("/api/v1/tables/m/events/aggregate?" + query);
        assertThat(answer.statusCode()).as(query + " " + answer.body()).isEqualTo(400);
        assertThat(String.valueOf(HttpNode.problem(answer).get("detail"))).contains(why);
    }

    @Test
    void groupsWithoutEndAreRefused() {
        NODE.create("m/many", "{\"kind\":\"log\"}");
        var lines = new StringBuilder();
        for (int i = 0; i <= 10_000; i++) {
            lines.append("line ").append(i).append('\n');
        }
        NODE.post("/api/v1/tables/m/many/rows", "text/plain", lines.toString());
        var answer = NODE.get("/api/v1/tables/m/many/aggregate?fn=count&by=line");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("too many groups: limit=10000");
        var fewer = NODE.get("/api/v1/tables/m/many/aggregate?fn=max&column=line&where=" + encoded("NOT 10000"));
        assertThat(fewer.body()).startsWith("{\"groups\":[{\"by\":{},\"value\":\"line 9999\",\"rows\":10000}]");
    }
}
