package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DuckDB reads in an exported file what the node said it has, whichever home the rows were in. */
final class ExportTest {
    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final long FIRST_TIME = 1_700_000_000_000L;
    private static final int ROWS = 3000;
    private static final String RECORD =
            "{\"kind\":\"record\",\"shards\":2,\"key\":[\"id\"]," + TypedRow.columns() + "}";
    private static final String LOG = "{\"kind\":\"log\",\"shards\":2,\"time\":\"ts\"," + TypedRow.columns() + "}";
    private static final String TYPES = "ts:TIMESTAMP WITH TIME ZONE,id:BIGINT,small:INTEGER,wide:DOUBLE,"
            + "narrow:FLOAT,ok:BOOLEAN,text:VARCHAR,raw:BLOB,doc:JSON";

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);

    @Test
    void aLogTableHasTheRowsOfSegmentsAndOfMemory() throws Exception {
        System.err.println("ExportTest: -Dsherd.test.seed=" + SEED);
        var rows = rows(0, ROWS);
        List<Path> segments;
        try (var node = new ServingNode(data())) {
            node.create("default/events", LOG);
            node.append("default/events", "application/x-ndjson", ndjson(rows.subList(0, 1000)));
            segments = node.archive("default/events");
            node.append("default/events", "application/x-ndjson", ndjson(rows.subList(1000, 2000)));
            node.archive("default/events");
            node.append("default/events", "application/x-ndjson", ndjson(rows.subList(2000, ROWS)));
        }
        var all = export("all.parquet", "default.events");
        assertThat(DuckDb.ask(all).getFirst()).isEqualTo(TYPES);
        assertThat(printed(all)).isEqualTo(sorted(rows));
        assertThat(inJavaScript(all)).isEqualTo(sorted(rows));
        assertThat(DuckDb.ask(
                                all,
                                "select count(*) n, count(ok) n, count(*) filter (where ok) n, min(ts), max(ts)"
                                        + " from exported")
                        .getLast())
                .isEqualTo("'" + ROWS + "','" + present(rows, "ok") + "','"
                        + rows.stream()
                                .filter(row -> row.printed().get(5).equals("'true'"))
                                .count()
                        + "','" + FIRST_TIME + "','" + (FIRST_TIME + ROWS - 1) + "'");

        var some = export(
                "some.parquet",
                "default.events",
                "--from",
                String.valueOf(FIRST_TIME + 990),
                "--until",
                "2023-11-14T22:13:22.010Z");
        assertThat(printed(some)).isEqualTo(sorted(rows.subList(990, 2010)));
        var narrow = export("narrow.parquet", "default.events", "--columns", "doc,id");
        assertThat(DuckDb.ask(narrow).getFirst()).isEqualTo("doc:JSON,id:BIGINT");
        assertThat(DuckDb.ask(narrow)).hasSize(ROWS + 1);

        assertThat(segments).hasSize(1);
        assertThat(printed(export("segment.parquet", segments.getFirst().toString())))
                .isEqualTo(sorted(rows.subList(0, 1000)));
    }

    @Test
    void aRecordTableHasTheNewestVersionOfEachRow() throws Exception {
        System.err.println("ExportTest: -Dsherd.test.seed=" + SEED);
        var kept = new TreeMap<Long, TypedRow>();
        try (var node = new ServingNode(data())) {
            node.create("default/records", RECORD);
            put(node, kept, rows(0, 2000));
            node.archive("default/records");
            put(node, kept, rows(1500, 2500));
            node.archive("default/records");
            put(node, kept, rows(1900, ROWS));
            for (long id : List.of(3L, 1600L, 1950L, 2700L)) {
                node.client()
                        .send("DELETE", "/api/v1/tables/default/records/rows/" + id, BodyPublishers.noBody(), Map.of());
                kept.remove(id);
            }
            saysTheSame(node, kept);
        }
        var all = export("all.parquet", "default.records");
        assertThat(DuckDb.ask(all).getFirst()).isEqualTo(TYPES);
        assertThat(printed(all)).isEqualTo(sorted(List.copyOf(kept.values())));
        assertThat(inJavaScript(all)).isEqualTo(sorted(List.copyOf(kept.values())));
        assertThat(DuckDb.ask(all, "select count(distinct id) n from exported").getLast())
                .isEqualTo("'" + kept.size() + "'");
        assertThat(DuckDb.ask(all, "select key::varchar k, value::varchar v from parquet_kv_metadata('" + all + "')"))
                .contains(hex("sherd.key") + "," + hex("id"), hex("sherd.table") + "," + hex("default.records"));
    }

    /** The node itself, asked before it ended. */
    private static void saysTheSame(ServingNode node, Map<Long, TypedRow> kept) throws IOException {
        for (long id = 0; id < ROWS; id += 7) {
            var answer = node.client().get("/api/v1/tables/default/records/rows/" + id);
            assertThat(answer.good()).isEqualTo(kept.containsKey(id));
            var row = kept.get(id);
            if (row != null) {
                var body = (Map<?, ?>) Json.parsed(answer.body()).orElseThrow();
                assertThat(TypedRow.printAnswer(body, answer.body())).isEqualTo(row.printed());
            }
        }
    }

    @Test
    void plainKeysAreStringsAndFieldsOfHashes() throws Exception {
        var wanted = new ArrayList<String>();
        List<Path> segments;
        try (var node = new ServingNode(data());
                var client = new RespClient(node.node().resp())) {
            client.call(List.of("SET", "old", "value"));
            client.call(List.of("HSET", "cold", "a", "1", "b", ""));
            client.call(List.of("SET", "gone", "soon"));
            client.call(List.of("SET", "expired", "soon", "PX", "1"));
            segments = node.archive("default/kv");
            client.call(List.of("DEL", "gone"));
            client.call(List.of("HSET", "hot", "f", "g"));
            client.call(List.of("SET", "old", "newer", "EX", "1000"));
        }
        wanted.add(hex("cold") + "," + hex("a") + "," + hex("1"));
        wanted.add(hex("cold") + "," + hex("b") + ",''");
        wanted.add(hex("hot") + "," + hex("f") + "," + hex("g"));
        wanted.add(hex("old") + ",null," + hex("newer"));
        var all = DuckDb.ask(export("all.parquet", "default.kv"));
        assertThat(all.getFirst()).isEqualTo("key:BLOB,field:BLOB,value:BLOB");
        assertThat(all.stream().skip(1).sorted().toList()).isEqualTo(wanted);
        assertThat(DuckDb.ask(export("segment.parquet", segments.getFirst().toString())))
                .contains(hex("gone") + ",null," + hex("soon"), hex("cold") + "," + hex("a") + "," + hex("1"));
    }

    @Test
    void refusesWhatItCannotDoAndLeavesNothing() throws Exception {
        var target = folder.resolve("out.parquet");
        try (var node = new ServingNode(data())) {
            node.create("default/lines", "{\"kind\":\"log\"}");
            node.append("default/lines", "text/plain", "a line\n".repeat(5000));
            var used = run(target, "default.lines");
            assertThat(used.status()).isEqualTo(1);
            assertThat(used.err()).contains("in use by another process");
            node.archive("default/lines");
        }
        assertThat(run(target, "default.none").err()).contains("no such table", "default.lines");
        assertThat(run(target, "lines").status()).isEqualTo(2);
        assertThat(run(target, "default.lines", "--columns", "no").err()).contains("no such column", "ts, line");
        assertThat(run(target, "default.kv", "--from", "0").err()).contains("have no times");
        assertThat(run(target, "default.lines", "--from", "soon").status()).isEqualTo(2);
        assertThat(run(folder.resolve("no/out.parquet"), "default.lines").err()).contains("cannot write");

        var segment = onlySegment();
        var bytes = Files.readAllBytes(segment);
        bytes[5000] ^= 1;
        Files.write(segment, bytes);
        var damaged = run(target, "default.lines");
        assertThat(damaged.status()).isEqualTo(1);
        assertThat(damaged.err()).contains(String.valueOf(segment.getFileName()));
        assertThat(run(target, segment.toString()).status()).isEqualTo(1);
        bytes[5000] ^= 1;
        Files.write(segment, bytes);

        assertThat(files()).containsExactly("data");
        assertThat(run(target, "default.lines").status()).isZero();
        var again = run(target, "default.lines");
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err()).contains("there is such a file already");
        assertThat(files()).containsExactly("data", "out.parquet");
    }

    @Test
    void aFullDiskLeavesNothing() throws Exception {
        try (var node = new ServingNode(data())) {
            node.create("default/events", LOG);
            node.append("default/events", "application/x-ndjson", ndjson(rows(0, ROWS)));
        }
        var disk = new SmallDisk(folder.resolve("small"), 16);
        try {
            disk.leave(64 << 10);
            var target = disk.data().resolveSibling("out.parquet");
            var full = run(target, "default.events");
            assertThat(full.status()).isEqualTo(1);
            assertThat(full.err()).contains("cannot write " + target + ": No space left", "nothing was left there");
            disk.clear();
            try (var left = Files.list(folder.resolve("small"))) {
                assertThat(left).isEmpty();
            }
            var again = run(target, "default.events");
            assertThat(again.status()).as(again.err()).isZero();
        } finally {
            disk.unmount();
        }
    }

    private Path onlySegment() throws IOException {
        try (var segments = Files.list(data().resolve("segments"))) {
            return segments.collect(Collectors.toList()).getFirst();
        }
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path export(String file, String... arguments) {
        var target = folder.resolve(file);
        var ran = run(target, arguments);
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("exported ", " bytes, to " + target);
        assertThat(ran.err()).isEmpty();
        return target;
    }

    private Cli.Result run(Path target, String... arguments) {
        var all = new ArrayList<>(List.of("export"));
        all.addAll(Arrays.asList(arguments));
        all.addAll(List.of("--to", target.toString(), "--data", data().toString()));
        return Cli.run(all.toArray(String[]::new));
    }

    private static List<String> printed(Path file) throws IOException, InterruptedException {
        return DuckDb.ask(file).stream().skip(1).sorted().toList();
    }

    /** The rows as a second reader sees them. */
    private static List<String> inJavaScript(Path file) throws IOException, InterruptedException {
        return SegmentReaders.javaScript("hyparquet-reader", "hyparquet", file)
                .lines()
                .skip(1)
                .sorted()
                .toList();
    }

    private static List<String> sorted(List<TypedRow> rows) {
        return rows.stream()
                .map(row -> String.join(",", row.printed()))
                .sorted()
                .toList();
    }

    private static long present(List<TypedRow> rows, String column) {
        int at = TypedRow.NAMES.indexOf(column);
        return rows.stream()
                .filter(row -> !row.printed().get(at).equals("null"))
                .count();
    }

    private static String hex(String text) {
        return "'" + HexFormat.of().formatHex(text.getBytes(UTF_8)) + "'";
    }

    private List<TypedRow> rows(int from, int to) {
        var rows = new ArrayList<TypedRow>();
        for (int id = from; id < to; id++) {
            rows.add(TypedRow.random(random, id, FIRST_TIME + id));
        }
        return rows;
    }

    private static void put(ServingNode node, Map<Long, TypedRow> kept, List<TypedRow> rows) throws IOException {
        node.append("default/records", "application/x-ndjson", ndjson(rows));
        for (var row : rows) {
            var id = row.printed().get(1);
            kept.put(Long.parseLong(id.substring(1, id.length() - 1)), row);
        }
    }

    private static byte[] ndjson(List<TypedRow> rows) {
        return rows.stream()
                .map(TypedRow::json)
                .collect(Collectors.joining("\n"))
                .getBytes(UTF_8);
    }
}
