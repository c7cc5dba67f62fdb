package sherd.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Random queries over random streams, hot and archived, against loops over a list. */
class LokiModelTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final long T = 1_700_000_000_000_000_000L;
    private static final long SPAN = 600_000_000_000L;
    private static final int LINES = 3000;
    private static final int QUERIES = 400;

    private record Line(long nanos, Map<String, String> labels, String text) {
        String label(String name) {
            return labels.getOrDefault(name, "");
        }
    }

    private record Question(String text, Predicate<Line> answer) {}

    private final Random random = new Random(SEED);
    private final List<Line> lines = new ArrayList<>();

    @Test
    void queriesAnswerWhatLoopsAnswer() {
        System.err.println("LokiModelTest: -Dsherd.test.seed=" + SEED);
        try (var node = new HttpNode()) {
            fill(node);
            for (int i = 0; i < QUERIES; i++) {
                if (random.nextBoolean()) {
                    askForLines(node);
                } else {
                    askForNumbers(node);
                }
            }
        }
    }

    private void fill(HttpNode node) {
        var times = new HashSet<Long>();
        while (lines.size() < LINES) {
            // Half of them share their millisecond with others.
            long offset = random.nextBoolean()
                    ? random.nextLong(SPAN)
                    : random.nextLong(300) * 2_000_000_000L + random.nextLong(1_000_000);
            long nanos = T + offset;
            if (times.add(nanos)) {
                lines.add(new Line(nanos, labels(), text()));
            }
        }
        for (int from = 0; from < LINES; ) {
            int to = Math.min(LINES, from + 1 + random.nextInt(300));
            push(node, lines.subList(from, to));
            from = to;
            if (random.nextInt(5) == 0) {
                node.json("POST", "/api/v1/tables/loki/default/archive", "{\"older_than\":\"0s\"}");
            }
        }
    }

    private Map<String, String> labels() {
        var labels = new TreeMap<String, String>();
        labels.put("app", pick("api", "db", "web front"));
        if (random.nextBoolean()) {
            labels.put("env", pick("prod", "dev"));
        }
        if (random.nextInt(3) == 0) {
            labels.put("host", "h-" + random.nextInt(5));
        }
        return labels;
    }

    private String text() {
        int n = random.nextInt(200);
        return switch (random.nextInt(6)) {
            case 0 -> "GET /api/v1/item/" + n + " HTTP/1.1 status=" + (200 + n);
            case 1 -> "level=" + pick("info", "warn", "error") + " took=" + n + "ms msg=\"done " + n + "\"";
            case 2 -> "Ошибка сервера номер" + n + " 错误error" + n + "码";
            case 3 -> "cafe\u0301 erro\u0301r x" + n + "\u0301 ﬁle_" + n;
            case 4 -> "{\"n\":" + n + ",\"user\":\"u" + n % 7 + "\"}";
            default -> "plain.words:" + n + "/with-joints_" + n + " END";
        };
    }

    private String pick(String... words) {
        return words[random.nextInt(words.length)];
    }

    private static void push(HttpNode node, List<Line> batch) {
        var streams = new TreeMap<String, List<String>>();
        for (var line : batch) {
            streams.computeIfAbsent(json(line.labels()), _ -> new ArrayList<>())
                    .add("[\"" + line.nanos() + "\",\"" + line.text().replace("\"", "\\\"") + "\"]");
        }
        var body = new ArrayList<String>();
        streams.forEach((labels, values) ->
                body.add("{\"stream\":" + labels + ",\"values\":[" + String.join(",", values) + "]}"));
        var pushed = node.json("POST", "/loki/api/v1/push", "{\"streams\":[" + String.join(",", body) + "]}");
        assertThat(pushed.statusCode()).as(pushed.body()).isEqualTo(204);
    }

    private static String json(Map<String, String> labels) {
        var members = new ArrayList<String>();
        labels.forEach((name, value) -> members.add("\"" + name + "\":\"" + value + "\""));
        return "{" + String.join(",", members) + "}";
    }

    private Question question() {
        var matcher = switch (random.nextInt(4)) {
            case 0 -> new Question("app=\"api\"", line -> line.label("app").equals("api"));
            case 1 ->
                new Question("app=\"web front\"", line -> line.label("app").equals("web front"));
            case 2 -> new Question("app=~\"api|d.\"", line -> !line.label("app").startsWith("web"));
            default -> new Question("app=~\".+\"", _ -> true);
        };
        var second = switch (random.nextInt(4)) {
            case 0 ->
                new Question(
                        ",env!=\"prod\"", line -> !"prod".equals(line.labels().get("env")));
            case 1 ->
                new Question(",host=~\"h-[0-2]\"", line -> line.label("host").matches("h-[0-2]"));
            case 2 -> new Question(",env=\"\"", line -> !line.labels().containsKey("env"));
            default -> new Question("", _ -> true);
        };
        var text = new StringBuilder("{" + matcher.text() + second.text() + "}");
        Predicate<Line> answer = matcher.answer().and(second.answer());
        for (int filters = random.nextInt(3); filters > 0; filters--) {
            var part = part();
            boolean denied = random.nextInt(4) == 0;
            boolean anyCase = random.nextInt(4) == 0 && part.matches("[a-zA-Z0-9 /=._:-]+");
            if (anyCase) {
                var wanted = part.toLowerCase(java.util.Locale.ROOT);
                var quoted = part.toUpperCase(java.util.Locale.ROOT).replace(".", "\\\\.");
                text.append(denied ? " !~ " : " |~ ")
                        .append("\"(?i)")
                        .append(quoted)
                        .append('"');
                answer = answer.and(
                        line -> line.text().toLowerCase(java.util.Locale.ROOT).contains(wanted) != denied);
            } else {
                text.append(denied ? " != " : " |= ").append('`').append(part).append('`');
                answer = answer.and(line -> line.text().contains(part) != denied);
            }
        }
        return new Question(text.toString(), answer);
    }

    /** A piece of some line. */
    private String part() {
        var text = lines.get(random.nextInt(LINES)).text();
        int from = random.nextInt(text.length());
        int to = Math.min(text.length(), from + 1 + random.nextInt(12));
        return text.substring(from, to);
    }

    private void askForLines(HttpNode node) {
        var question = question();
        long start = T + random.nextLong(SPAN);
        long end = start + 1 + random.nextLong(SPAN);
        boolean forward = random.nextBoolean();
        int limit = 1 + random.nextInt(random.nextBoolean() ? 10 : 4000);
        var answer = node.get("/loki/api/v1/query_range?query=" + URLEncoder.encode(question.text(), UTF_8) + "&start="
                + start + "&end=" + end + "&limit=" + limit + (forward ? "&direction=forward" : ""));
        assertThat(answer.statusCode()).as(question.text() + answer.body()).isEqualTo(200);
        var found = new ArrayList<Line>();
        for (var stream : Json.list(Json.member(Json.object(answer.body()), "data"), "result")) {
            var labels = new TreeMap<String, String>();
            Json.member(stream, "stream").forEach((name, value) -> labels.put(name, value.toString()));
            for (var value : (List<?>) Objects.requireNonNull(stream.get("values"))) {
                var pair = (List<?>) value;
                found.add(new Line(
                        Long.parseLong(pair.get(0).toString()),
                        labels,
                        pair.get(1).toString()));
            }
        }
        var order = Comparator.comparingLong(Line::nanos);
        found.sort(order);
        var wanted = new ArrayList<>(lines.stream()
                .filter(line -> line.nanos() >= start && line.nanos() < end)
                .filter(question.answer())
                .sorted(forward ? order : order.reversed())
                .limit(limit)
                .toList());
        wanted.sort(order);
        assertThat(found).as(question.text()).isEqualTo(wanted);
    }

    private void askForNumbers(HttpNode node) {
        var question = question();
        long range = 1 + random.nextLong(120);
        long step = 1 + random.nextLong(60);
        long start = T / 1_000_000_000 + random.nextInt(600);
        long end = start + random.nextInt(300);
        var function = pick("count_over_time", "rate", "bytes_over_time", "bytes_rate");
        var outer = pick("", "sum", "avg", "min", "max", "count");
        var by = random.nextInt(3);
        var grouping = by == 0 ? "" : by == 1 ? " by (app, env) " : " without (host, app) ";
        var inner = function + "(" + question.text() + "[" + range + "s])";
        var query = outer.isEmpty() ? inner : outer + grouping + "(" + inner + ")";
        var answer = node.get("/loki/api/v1/query_range?query=" + URLEncoder.encode(query, UTF_8) + "&start=" + start
                + "&end=" + end + "&step=" + step);
        assertThat(answer.statusCode()).as(query + answer.body()).isEqualTo(200);
        var found = new TreeMap<String, Double>();
        for (var series : Json.list(Json.member(Json.object(answer.body()), "data"), "result")) {
            var labels = new TreeMap<>(Json.member(series, "metric"));
            for (var value : (List<?>) Objects.requireNonNull(series.get("values"))) {
                var pair = (List<?>) value;
                found.put(
                        labels + "@" + pair.get(0),
                        Double.parseDouble(pair.get(1).toString()));
            }
        }
        var wanted = new TreeMap<String, Double>();
        for (long at = start; at <= end; at += step) {
            point(question, function, range, at * 1_000_000_000, outer, by, wanted);
        }
        assertThat(found.keySet()).as(query).isEqualTo(wanted.keySet());
        wanted.forEach((key, value) -> assertThat(found.get(key))
                .as(query + " " + key)
                .isCloseTo(value, org.assertj.core.data.Offset.offset(1e-9 * Math.max(1, Math.abs(value)))));
    }

    private void point(
            Question question, String function, long range, long at, String outer, int by, Map<String, Double> wanted) {
        var series = new TreeMap<Object, Double>(Comparator.comparing(Object::toString));
        for (var line : lines) {
            if (line.nanos() > at - range * 1_000_000_000
                    && line.nanos() <= at
                    && question.answer().test(line)) {
                double value = function.startsWith("bytes") ? line.text().getBytes(UTF_8).length : 1;
                series.merge(line.labels(), function.endsWith("rate") ? value / range : value, Double::sum);
            }
        }
        var groups = new TreeMap<String, List<Double>>();
        series.forEach((labels, value) -> {
            var kept = new TreeMap<String, Object>();
            ((Map<?, ?>) labels).forEach((name, text) -> kept.put(name.toString(), text));
            if (!outer.isEmpty()) {
                kept.keySet().removeIf(name -> switch (by) {
                    case 0 -> true;
                    case 1 -> name.equals("host");
                    default -> !name.equals("env");
                });
            }
            groups.computeIfAbsent(kept.toString(), _ -> new ArrayList<>()).add(value);
        });
        groups.forEach((labels, values) -> wanted.put(
                labels + "@" + at / 1_000_000_000,
                switch (outer) {
                    case "avg" -> values.stream().mapToDouble(v -> v).average().orElseThrow();
                    case "min" -> Collections.min(values);
                    case "max" -> Collections.max(values);
                    case "count" -> (double) values.size();
                    default -> values.stream().mapToDouble(v -> v).sum();
                }));
    }
}
