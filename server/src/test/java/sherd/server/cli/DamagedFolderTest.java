package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode.Category;
import sherd.engine.error.StoreException;
import sherd.engine.log.LogCheck;
import sherd.engine.memory.MemoryBudget;

/**
 * A folder with real logs, records and keys in many segments, a checkpoint and a log, damaged at random: {@code check}
 * names the file, and a node on the folder refuses or answers right.
 */
final class DamagedFolderTest {
    private static final int MOST_HITS = 10_000;

    private static final long SEED = Long.getLong("sherd.test.seed", System.nanoTime());
    private static final long TEXT_BYTES = 2 << 20;
    private static final int PARTS = 4;
    private static final int ROUNDS_OF_SEGMENTS = 20;
    private static final int ROUNDS_OF_OTHERS = 60;

    private static final Random RANDOM = new Random(SEED);
    private static final RealLines LINES = new RealLines();
    private static final Map<String, String> KEYS = new TreeMap<>();
    private static final Map<String, String> RECORDS = new TreeMap<>();
    private static final List<String> WORDS = new ArrayList<>();

    @TempDir
    static Path top;

    private static Path sound;

    @BeforeAll
    static void fill() throws IOException {
        System.err.println("DamagedFolderTest: -Dsherd.test.seed=" + SEED);
        sound = top.resolve("sound");
        var files = RealLines.files();
        try (var node = new ServingNode(sound)) {
            node.create("default/lines", "{\"kind\":\"log\",\"shards\":2}");
            node.create(
                    "default/items",
                    "{\"kind\":\"record\",\"shards\":2,\"key\":[\"id\"],\"columns\":["
                            + "{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"text\",\"type\":\"string\"}]}");
            for (int part = 0; part < PARTS; part++) {
                load(node, files, TEXT_BYTES / PARTS * (part + 1));
                write(node, part);
                if (part == PARTS - 2) {
                    node.node().engine().checkpoint();
                } else if (part < PARTS - 2) {
                    node.archive("default/lines");
                    node.archive("default/items");
                    node.archive("default/kv");
                }
            }
        }
        for (int i = 0; i < 12; i++) {
            WORDS.add(LINES.randomWord(RANDOM));
        }
    }

    private static void load(ServingNode node, List<Path> files, long upTo) throws IOException {
        long bytes = LINES.lines().stream().mapToLong(String::length).sum();
        while (bytes < upTo) {
            var file = files.get(RANDOM.nextInt(files.size()));
            node.append("default/lines", "text/plain", Files.readAllBytes(file));
            bytes += LINES.add(file).stream().mapToLong(String::length).sum();
        }
    }

    /** Keys and records of their own for each part, so that a lost tail of the log can hide them but not age them. */
    private static void write(ServingNode node, int part) throws IOException {
        var ops = new ArrayList<String>();
        var rows = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            var name = "p" + part + "-" + i;
            var value = Long.toString(RANDOM.nextLong(), 36);
            ops.add("{\"op\":\"set\",\"key\":\"" + name + "\",\"value\":\"" + value + "\"}");
            KEYS.put(name, value);
            rows.append("{\"id\":\"")
                    .append(name)
                    .append("\",\"text\":\"")
                    .append(value)
                    .append("\"}\n");
            RECORDS.put(name, value);
        }
        node.json("POST", "/api/v1/shard", "{\"ops\":[" + String.join(",", ops) + "]}");
        node.append("default/items", "application/x-ndjson", rows.toString());
    }

    @AfterAll
    static void theSoundFolderStillIs() {
        assertThat(Cli.run("check", sound.toString()).status()).isZero();
    }

    @Test
    void aSoundFolderAnswersRight() throws IOException {
        var copy = copy("sound-copy");
        assertThat(Cli.run("check", copy.toString()).out()).startsWith("ok: ");
        assertThat(readsRightOrRefuses(copy, false, "nothing"))
                .as("answers refused")
                .isZero();
    }

    @Test
    void flippedBitsInSegmentsAreReportedAndNeverServed() throws IOException {
        var segments =
                files().stream().filter(file -> file.startsWith("segments/")).toList();
        assertThat(segments).hasSizeGreaterThan(5);
        int refused = 0;
        for (int round = 0; round < ROUNDS_OF_SEGMENTS; round++) {
            var copy = copy("segments-" + round);
            var told = new ArrayList<String>();
            for (var file : segments) {
                told.add(flip(copy, file));
            }
            reported(copy, segments, told.toString());
            refused += readsRightOrRefuses(copy, false, told.toString());
            delete(copy);
        }
        assertThat(refused).as("answers refused").isPositive();
    }

    @Test
    void flippedBitsElsewhereAreReportedAndNeverServed() throws IOException {
        var others = files().stream()
                .filter(file -> !file.startsWith("segments/") && !file.equals("LOCK"))
                .toList();
        assertThat(others).contains("catalog", "routes").hasSizeGreaterThan(2);
        for (int round = 0; round < ROUNDS_OF_OTHERS; round++) {
            var copy = copy("others-" + round);
            var file = others.get(round % others.size());
            var told = flip(copy, file);
            reported(copy, List.of(file), told);
            if (round % 4 < 2) {
                readsRightOrRefuses(copy, file.startsWith("log/"), told);
            }
            delete(copy);
        }
    }

    @Test
    void cutFilesAreReportedAndNeverServed() throws IOException {
        for (var file : files()) {
            long size = Files.size(sound.resolve(file));
            if (size == 0) {
                continue;
            }
            for (long cut : List.of(0L, 1 + RANDOM.nextLong(size - 1), size - 1)) {
                var copy = copy("cut");
                try (var channel = FileChannel.open(copy.resolve(file), StandardOpenOption.WRITE)) {
                    channel.truncate(cut);
                }
                var told = file + " cut to " + cut + " of " + size;
                if (!file.startsWith("log/")) { // what a crash leaves of a log is cut and noted, not a fault
                    reported(copy, List.of(file), told);
                }
                readsRightOrRefuses(copy, file.startsWith("log/"), told);
                delete(copy);
            }
        }
    }

    @Test
    void missingFilesAreReportedAndNothingElseIsLostWithThem() throws IOException {
        for (var file : files()) {
            if (file.equals("LOCK")) {
                continue;
            }
            var copy = copy("missing");
            Files.delete(copy.resolve(file));
            var told = file + " is missing";
            var result = Cli.run("check", copy.toString());
            assertThat(result.status()).as(told + ": " + result.out()).isEqualTo(1);
            readsRightOrRefuses(copy, false, told);
            Files.copy(sound.resolve(file), copy.resolve(file));
            assertThat(readsRightOrRefuses(copy, false, told + ", then is back"))
                    .as("refused after " + file + " is back")
                    .isZero();
            delete(copy);
        }
    }

    /** What kill -9 leaves under {@code os}, of a node on a real disk: the end of the log was never synced. */
    @Test
    void aByteThatChangedInALogThatWasNeverSyncedCostsNoLaterByte() throws IOException {
        var source = top.resolve("never-synced");
        var killed = top.resolve("killed");
        long half;
        Path log;
        try (var node = new ServingNode(source, "log.sync=os")) {
            log = source.relativize(newestLog(source));
            set(node, source, 0, 50);
            half = Files.size(source.resolve(log));
            set(node, source, 50, 100);
            copy(source, killed);
        }
        try (var channel = FileChannel.open(killed.resolve(log), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {'?'}), half + 3); // within the head of a frame
        }
        var damaged = Files.readAllBytes(killed.resolve(log));
        reported(killed, List.of(log.toString()), "never synced");
        try (var node = new ServingNode(killed, "log.sync=os")) {
            for (int i = 0; i < 100; i++) {
                var answer = node.client().get("/api/v1/tables/default/kv/rows/n" + i);
                assertThat(answer.status()).as("n" + i).isEqualTo(i < 50 ? 200 : 404);
            }
        }
        var result = Cli.run("check", killed.toString());
        assertThat(result.status()).as(result.out()).isZero();
        var kept = Pattern.compile("note: (log/\\d{20}-[0-9a-f]{8}\\.cut): kept of what")
                .matcher(result.err());
        assertThat(kept.find()).as(result.err()).isTrue();
        assertThat(Files.readAllBytes(killed.resolve(kept.group(1))))
                .endsWith(Arrays.copyOfRange(damaged, (int) half, damaged.length));
        assertThat(Files.size(killed.resolve(log))).isEqualTo(half);
        delete(killed);
        delete(source);
    }

    private static void set(ServingNode node, Path folder, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            node.json(
                    "POST",
                    "/api/v1/shard",
                    "{\"ops\":[{\"op\":\"set\",\"key\":\"n" + i + "\",\"value\":\"" + i + "\"}]}");
        }
        var disk = new LocalDisk(folder);
        long end = node.node().engine().log().end();
        while (LogCheck.check(disk, new MemoryBudget(Long.MAX_VALUE), 0).endLsn() < end) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Path newestLog(Path folder) throws IOException {
        try (var logs = Files.list(folder.resolve("log"))) {
            return logs.sorted().reduce((_, last) -> last).orElseThrow();
        }
    }

    private static void reported(Path folder, List<String> files, String told) {
        var result = Cli.run("check", folder.toString());
        assertThat(result.status()).as(told).isEqualTo(1);
        for (var file : files) {
            assertThat(result.out().lines())
                    .as(told)
                    .anyMatch(line -> line.startsWith(file + ": ") || line.startsWith(file + " at byte "));
        }
    }

    /** Returns how many answers were refused; a node that does not start refuses all. */
    private static int readsRightOrRefuses(Path folder, boolean mayLack, String told) throws IOException {
        ServingNode node;
        try {
            node = new ServingNode(folder);
        } catch (StoreException e) {
            assertThat(e.code().category()).as(told + ": " + e.getMessage()).isEqualTo(Category.CORRUPTION);
            return 1;
        }
        int refused = 0;
        try {
            for (var key : KEYS.keySet()) {
                refused += row(node, "kv", key, "\"value\":\"" + KEYS.get(key) + "\"", mayLack, told);
            }
            for (var id : RECORDS.keySet()) {
                refused += row(node, "items", id, "\"text\":\"" + RECORDS.get(id) + "\"", mayLack, told);
            }
            for (var word : WORDS) {
                refused += search(node, word, mayLack, told);
            }
        } finally {
            node.abandon();
        }
        return refused;
    }

    private static int row(ServingNode node, String table, String key, String wanted, boolean mayLack, String told)
            throws IOException {
        var answer = node.client().get("/api/v1/tables/default/" + table + "/rows/" + key);
        if (answer.good()) {
            assertThat(answer.body()).as(told).contains(wanted);
            return 0;
        }
        return mayLack && answer.status() == 404 ? 0 : refused(answer, told);
    }

    private static int search(ServingNode node, String word, boolean mayLack, String told) throws IOException {
        var answer = node.client().get("/api/v1/tables/default/lines/search?limit=" + MOST_HITS + "&q=" + word);
        if (!answer.good()) {
            return refused(answer, told);
        }
        var found = Json.parsed(answer.body()).orElseThrow();
        var lines = new ArrayList<String>();
        var times = new ArrayList<String>();
        Json.list(found, "hits").forEach(hit -> {
            lines.add(String.valueOf(((Map<?, ?>) hit).get("line")));
            times.add(String.valueOf(((Map<?, ?>) hit).get("ts")));
        });
        var wanted = LINES.with(word);
        boolean partly = Json.number(found, "stats", "quarantined") > 0;
        if (mayLack || partly) {
            assertThat(Json.number(found, "total")).as(told).isLessThanOrEqualTo(wanted.size());
            assertThat(wanted).as(told).containsAll(lines);
        } else {
            assertThat(Json.number(found, "total")).as(told + ": " + word).isEqualTo(wanted.size());
            // Newest first; lines of one millisecond have no order among them.
            assertThat(times).as(told + ": " + word).isSortedAccordingTo(Comparator.reverseOrder());
            if (lines.size() == wanted.size()) {
                assertThat(lines).as(told + ": " + word).containsExactlyInAnyOrderElementsOf(wanted);
            } else {
                assertThat(lines).as(told + ": " + word).hasSize(MOST_HITS);
                assertThat(wanted).as(told + ": " + word).containsAll(lines);
            }
        }
        return partly ? 1 : 0;
    }

    private static int refused(NodeClient.Answer answer, String told) {
        var code = Json.text(Json.parsed(answer.body()).flatMap(all -> Json.at(all, "code")));
        assertThat(code.orElse(""))
                .as(told + ": " + answer.status() + " " + answer.body())
                .startsWith("CORRUPT_");
        return 1;
    }

    private static String flip(Path folder, String file) throws IOException {
        try (var channel = FileChannel.open(folder.resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long offset = RANDOM.nextLong(channel.size());
            int bit = RANDOM.nextInt(8);
            var one = ByteBuffer.allocate(1);
            channel.read(one, offset);
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).flip();
            channel.write(one, offset);
            return file + " byte " + offset + " bit " + bit;
        }
    }

    private static List<String> files() throws IOException {
        return files(sound);
    }

    private static List<String> files(Path folder) throws IOException {
        try (var tree = Files.walk(folder)) {
            return tree.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static Path copy(String name) throws IOException {
        var target = top.resolve(name);
        copy(sound, target);
        return target;
    }

    private static void copy(Path source, Path target) throws IOException {
        for (var file : files(source)) {
            Files.createDirectories(target.resolve(file).resolveSibling(""));
            Files.copy(source.resolve(file), target.resolve(file));
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var tree = Files.walk(folder)) {
            for (var file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
