package sherd.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sherd.server.Node;
import sherd.server.config.NodeConfig;

/** The demo's story: what a node is for, shown on one. Every answer it prints came from the node. */
final class Demo implements AutoCloseable {
    private static final int WORDS = 5;
    private static final String TABLE = "logs.real";
    private static final String ROWS = "/api/v1/tables/default/users/rows/";

    private final Path folder;
    private final Narrator tell;
    private final List<String> failures = new ArrayList<>();
    private @Nullable Node node;
    private @Nullable NodeClient http;
    private @Nullable RespClient resp;

    Demo(Path folder, Narrator tell) {
        this.folder = folder;
        this.tell = tell;
    }

    /** Returns the exit status: not 0 if something was not as the story says. */
    int run() throws IOException {
        var text = RealText.find();
        start();
        plainKeys();
        staleWrite();
        records();
        load(text);
        var inMemory =
                search(text, "All rows are in memory now. A few words, and how many lines of the files hold them:");
        restart();
        archive();
        lookInside();
        var archived = search(text, "The same questions again, answered from the segment:");
        expect(inMemory.equals(archived), "the counts before and after archiving differ");
        checkAndReopen(text);
        addresses();
        failures.forEach(failure -> System.err.println("sherd: the demo found a fault: " + failure));
        return failures.isEmpty() ? 0 : Main.BAD;
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            failures.add(otherwise);
        }
    }

    private void start() throws IOException {
        tell.step("A node");
        tell.say("One process, one data folder, two doors: RESP for Redis clients, HTTP with JSON for the rest.");
        tell.command("./sherd serve --data " + data() + " --set listen.resp=127.0.0.1:0 --set listen.http=127.0.0.1:0");
        tell.answer(open("0", "0"));
    }

    private Path data() {
        return folder.resolve("data");
    }

    /** Returns the line that the node would print. */
    private String open(String respPort, String httpPort) throws IOException {
        long began = System.nanoTime();
        var config = NodeConfig.read(
                null,
                List.of(
                        "storage.data=" + data(),
                        "listen.resp=127.0.0.1:" + respPort,
                        "listen.http=127.0.0.1:" + httpPort,
                        "listen.grpc=127.0.0.1:0"));
        var opened = Node.start(config);
        node = opened;
        http = new NodeClient(URI.create("http://" + opened.http()));
        resp = new RespClient(opened.resp());
        return opened.readyLine((System.nanoTime() - began) / 1_000_000);
    }

    private Node node() {
        if (node == null) {
            throw new IllegalStateException("the demo's node is not open");
        }
        return node;
    }

    private String url() {
        return "http://" + node().http();
    }

    private void plainKeys() throws IOException {
        tell.step("Plain keys, with any Redis client");
        redis("SET", "greeting", "hello, sherd");
        redis("GET", "greeting");
        redis("INCRBY", "visits", "41");
        redis("INCR", "visits");
        redis("SET", "session:7", "Ada", "EX", "3600");
        redis("TTL", "session:7");
    }

    private RespClient.Reply redis(String... words) throws IOException {
        var shown = new ArrayList<String>();
        for (var word : words) {
            shown.add(word.matches("[A-Za-z0-9:,._-]+") ? word : "'" + word + "'");
        }
        tell.command("redis-cli -p " + node().resp().port() + " " + String.join(" ", shown));
        if (resp == null) {
            throw new IllegalStateException("the demo's node is not open");
        }
        var reply = resp.call(Arrays.asList(words));
        tell.answer(reply.shown());
        return reply;
    }

    private void staleWrite() throws IOException {
        tell.step("A stale write is refused");
        tell.say("Every row carries a version vector. A writer sends the one it has read, as an etag.");
        redis("SET", "config", "colour=blue");
        var read = redis("GETWITHETAG", "config");
        tell.say("Two writers have read this. The first one's write is accepted, and the version moves on:");
        var first = redis("SETIFMATCH", "config", "colour=green", read.part(0));
        tell.say("The second one still sends the old version. It is refused, and told what is there now,");
        tell.say("so it can decide again without another read:");
        var second = redis("SETIFMATCH", "config", "colour=red", read.part(0));
        expect(
                second.part(0).equals(first.part(0)) && second.part(1).equals("colour=green"),
                "the stale write was not refused");
    }

    private void records() throws IOException {
        tell.step("Records: rows with columns, over HTTP and as hashes");
        curl(
                "PUT",
                "/api/v1/tables/default/users",
                "{\"kind\":\"record\",\"columns\":[{\"name\":\"region\",\"type\":\"string\"},{\"name\":\"id\",\"type\":\"int64\"},"
                        + "{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"visits\",\"type\":\"int64\"}],\"key\":[\"region\",\"id\"]}",
                Map.of());
        var made = curl("PUT", ROWS + "eu,17", "{\"name\":\"Ada\",\"visits\":1}", Map.of());
        tell.say("The same row is a hash to Redis clients, with its columns as fields:");
        redis("HINCRBY", "users:eu,17", "visits", "1");
        redis("HGETALL", "users:eu,17");
        tell.say(
                "The version moved on with that. A write over HTTP that expects the first one gets 412 and the current row:");
        var stale = made.headers().getOrDefault("etag", "");
        var refused = curl("PATCH", ROWS + "eu,17", "{\"visits\":100}", Map.of("If-Match", stale));
        expect(refused.status() == 412, "a stale write over HTTP was not refused");
    }

    private NodeClient.Answer curl(String method, String path, @Nullable String json, Map<String, String> headers)
            throws IOException {
        var command = new StringBuilder("curl -i");
        if (!method.equals("GET")) {
            command.append(" -X ").append(method);
        }
        headers.forEach((name, value) ->
                command.append(" -H '").append(name).append(": ").append(value).append('\''));
        if (json != null) {
            command.append(" -H 'Content-Type: application/json' -d '")
                    .append(json)
                    .append('\'');
        }
        tell.command(command + " " + url() + path);
        var all = new LinkedHashMap<>(headers);
        if (json != null) {
            all.put("Content-Type", "application/json");
        }
        var body = json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json);
        var answer = client().send(method, path, body, all);
        var etag = answer.headers().get("etag");
        tell.answer(
                "HTTP/1.1 " + answer.status() + "\n" + (etag == null ? "" : "etag: " + etag + "\n") + answer.body());
        return answer;
    }

    private NodeClient client() {
        if (http == null) {
            throw new IllegalStateException("the demo's node is not open");
        }
        return http;
    }

    private void load(RealText text) throws IOException {
        tell.step("Log lines, a lot of them");
        tell.say(String.format(
                Locale.ROOT,
                "%d files, %d lines, %s: %s.",
                text.files().size(),
                text.lines(),
                Printable.bytes(text.bytes()),
                text.origin()));
        tell.command(text.command("./sherd load --table " + TABLE + " --http " + url()));
        var words = new ArrayList<>(List.of("load", "--table", TABLE, "--http", url()));
        text.files().forEach(file -> words.add(file.toString()));
        verb("loading failed", words.toArray(String[]::new));
        tell.command("curl " + url() + "/api/v1/tables/logs/real | jq .rows");
        long rows = rows("hot");
        tell.answer("{\"hot\":" + rows + ",\"archived\":" + rows("archived") + "}");
        expect(rows == text.lines(), "rows loaded differ from lines in the files: " + rows + " and " + text.lines());
    }

    /** Runs a verb of this program as a user would; what it prints is part of the story. */
    private void verb(String otherwise, String... words) {
        var printed = new ByteArrayOutputStream();
        var before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        int status;
        try {
            status = Main.run(words);
        } finally {
            System.setOut(before);
        }
        tell.answer(printed.toString(StandardCharsets.UTF_8));
        expect(status == 0, otherwise);
    }

    private long rows(String home) throws IOException {
        var table = Json.parsed(client().get("/api/v1/tables/logs/real").body()).orElse(Map.of());
        return Json.number(table, "rows", home);
    }

    private Map<String, Long> search(RealText text, String introduction) throws IOException {
        tell.step(rows("hot") > 0 ? "Search by word" : "Search again, over archived rows");
        var words = text.words(WORDS);
        tell.command("./sherd search " + words.getFirst() + " --table " + TABLE + " --limit 2 --http " + url());
        verb("search failed", "search", words.getFirst(), "--table", TABLE, "--limit", "2", "--http", url());
        grep(text, words.getFirst());
        tell.say(introduction);
        tell.say("");
        var table = new TextTable(
                List.of("word", "lines in the files", "rows found", "ms", "segment bytes read"), List.of(1, 2, 3, 4));
        var totals = new LinkedHashMap<String, Long>();
        for (var word : words) {
            var answer = client().get("/api/v1/tables/logs/real/search?limit=0&q=" + NodeClient.encoded(word));
            var result = Json.parsed(answer.body()).orElse(Map.of());
            long total = Json.number(result, "total");
            totals.put(word, total);
            expect(total == text.linesOf(word), "a count differs from grep's: word=" + word);
            table.add(List.of(
                    word,
                    Long.toString(text.linesOf(word)),
                    Long.toString(total),
                    String.format(Locale.ROOT, "%.1f", Json.number(result, "took_us") / 1000.0),
                    Long.toString(Json.number(result, "stats", "bytes_read"))));
        }
        tell.table(table);
        return totals;
    }

    private void grep(RealText text, String word) throws IOException {
        tell.say("And as grep counts whole words in the files:");
        tell.command(text.command("grep -a -h -w -i " + word) + " | wc -l");
        var counted = text.grep(word);
        tell.answer(counted.map(String::valueOf).orElse("(this system has no grep)"));
        expect(counted.isEmpty() || counted.get() == text.linesOf(word), "grep counts otherwise: word=" + word);
    }

    private void restart() throws IOException {
        tell.step("A restart");
        tell.say("The node stops and starts on the same folder; what it held is read back from its commit log:");
        long before = rows("hot");
        reopen();
        redis("GET", "greeting");
        redis("HGET", "users:eu,17", "visits");
        long after = rows("hot");
        tell.say("Log rows before the restart: " + before + ", after: " + after + ".");
        expect(before == after, "rows were lost in a restart");
    }

    private void reopen() throws IOException {
        var respPort = Integer.toString(node().resp().port());
        var httpPort = Integer.toString(node().http().port());
        close();
        tell.answer(open(respPort, httpPort));
    }

    private void archive() throws IOException {
        tell.step("Archiving");
        tell.say("Rows archive themselves when they are old or memory is short. Here all of them, now:");
        var before = memory();
        var archived = curl("POST", "/api/v1/tables/logs/real/archive", "{\"older_than\":\"0s\"}", Map.of());
        expect(archived.good(), "archiving failed");
        var after = memory();
        tell.say("Memory by what it is for, before and after:");
        var table = new TextTable(List.of("bytes", "before", "after"), List.of(1, 2));
        before.forEach((what, bytes) ->
                table.add(List.of(what, Printable.bytes(bytes), Printable.bytes(after.getOrDefault(what, 0L)))));
        tell.table(table);
        expect(rows("hot") == 0, "rows are still in memory after archiving");
    }

    private Map<String, Long> memory() throws IOException {
        var status = Json.parsed(client().get("/api/v1/status").body()).orElse(Map.of());
        var memory = new LinkedHashMap<String, Long>();
        for (var what : List.of("columns", "records", "index", "cache", "log", "network", "used")) {
            memory.put(what, Json.number(status, "memory", what + "_bytes"));
        }
        return memory;
    }

    private void lookInside() throws IOException {
        tell.step("A segment is a tar file");
        tell.command("./sherd segment list " + data());
        verb("the segments cannot be listed", "segment", "list", data().toString());
        Path segment;
        try (var files = Files.list(data().resolve("segments"))) {
            segment = files.sorted().findFirst().orElseThrow(() -> new BadException("the demo made no segment"));
        }
        tell.command("tar tvf " + segment);
        tell.answer(tar(segment));
        tell.say("rows.arrow is an Arrow IPC file that any Arrow reader opens. Its first rows, by our own reader:");
        tell.command("./sherd segment cat " + segment + " --count 2");
        verb("a segment cannot be read", "segment", "cat", segment.toString(), "--count", "2");
    }

    private static String tar(Path segment) throws IOException {
        try {
            var process = new ProcessBuilder("tar", "tvf", segment.toString())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(this system has no tar: " + e.getMessage() + ")";
        }
    }

    private void checkAndReopen(RealText text) throws IOException {
        tell.step("Verify the folder, and open it once more");
        var respPort = Integer.toString(node().resp().port());
        var httpPort = Integer.toString(node().http().port());
        close();
        tell.command("./sherd check " + data());
        verb("the check found faults", "check", data().toString());
        tell.answer(open(respPort, httpPort));
        var word = text.words(1).getFirst();
        tell.command("./sherd search " + word + " --table " + TABLE + " --limit 1 --http " + url());
        verb("search failed", "search", word, "--table", TABLE, "--limit", "1", "--http", url());
        redis("GET", "greeting");
        expect(rows("archived") == text.lines(), "archived rows were lost in a restart");
    }

    private void addresses() {
        tell.step("Where it is");
        tell.say("RESP   " + node().resp() + "   redis-cli -p " + node().resp().port());
        tell.say("HTTP   " + url() + "   try /api/v1/status, /metrics, /openapi.json");
        tell.say("data   " + node().data());
        tell.say("");
    }

    @Override
    public void close() {
        try {
            if (resp != null) {
                resp.close();
            }
        } catch (IOException e) {
            failures.add("the demo's own connection did not close: " + e.getMessage());
        }
        if (http != null) {
            http.close();
        }
        if (node != null) {
            node.close();
        }
    }
}
