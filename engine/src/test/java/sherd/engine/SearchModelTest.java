package sherd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;

/** Random queries of every kind find, over rows in memory and archived ones, what a plain scan finds. */
final class SearchModelTest {
    private static final long SEED = Long.getLong("sherd.seed", System.nanoTime());
    private static final TableDefinition TABLE = new TableDefinition(
            TableName.parse("logs.app"),
            TableKind.LOG,
            List.of(
                    new Column("ts", ColumnType.TIMESTAMP),
                    new Column("line", ColumnType.STRING),
                    new Column("level", ColumnType.STRING),
                    new Column("id", ColumnType.INT64),
                    new Column("n", ColumnType.INT32)),
            List.of(),
            List.of(),
            Optional.of("ts"),
            2,
            ArchiveSettings.DEFAULT);

    private static final List<String> FREQUENT =
            List.of("error", "INFO", "request", "from", "Straße", "用户登录", "データ", "user_1", "café", "10");
    private static final List<String> OTHERS = List.of(
            "10.0.0.1",
            "10.0.0.12:8080",
            "192.168.1.7/24",
            "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "F47AC10B-58CC-4372-A567-0E02B2C3D470",
            "/var/log/app/kafka.log",
            "/var/lib/Kafka.logs/x",
            "ann@example.com",
            "Bob.Miller@mail.example.org",
            "2016-12-19T22:52:13.894Z",
            "19/May/2015:10:05:03",
            "3.14",
            "cafe\u0301-noir",
            "Ångström",
            "A\u030angstro\u0308m",
            "ﬁne",
            "ＦＵＬＬ",
            "İstanbul",
            "ΣΑΣ",
            "登录失败",
            "登",
            "処理エラー.log",
            "한국어",
            "org.apache.kafka.clients.consumer.internals.ConsumerCoordinator.maybeLeave",
            "org.apache.kafka.clients.producer",
            "blk_-1608999687919862906",
            "a--b",
            "x=1,y=2",
            "don't",
            "e\u0301e\u0301",
            "हिन्दी",
            "naïve",
            // Words with signs that fold to plain letters, and plain words with others next to them.
            "\u212Aafka",
            "u\u017Fer_1",
            "ｒequest",
            "ⓔrror",
            "ﬀrom",
            "error\u0301",
            "\u0301error",
            "errorб",
            "request登录",
            "用户from",
            "error\u200Bfrom",
            "10²",
            // Parts of frequent words, which make one of them where a row ends and the next begins.
            "err",
            "or",
            "ERR@R",
            "`nfo",
            // Signs that are a letter or digit but for the bit of capitals.
            "1\u0010",
            "\u0011\u0010.0.0.1",
            "user\u007F1",
            "re",
            "quest");

    /** A row and its words. */
    private record Row(long time, String line, String level, int number, PlainScan inLine, PlainScan inLevel) {
        static Row of(long time, String line, String level, int number) {
            return new Row(time, line, level, number, new PlainScan(line), new PlainScan(level));
        }

        boolean any(Predicate<PlainScan> holds) {
            return holds.test(inLine) || holds.test(inLevel);
        }
    }

    /** A query and what it means. */
    private record Ask(String query, Predicate<Row> holds) {}

    private final Random random = new Random(SEED);
    private final List<Row> rows = new ArrayList<>();

    @Test
    void randomQueriesOverMadeUpLinesFindWhatAScanFinds() {
        System.out.println("seed=" + SEED);
        var lines = new ArrayList<String>();
        for (int i = 0; i < 6000; i++) {
            lines.add(madeUpLine());
        }
        run(lines, 2000);
    }

    @Test
    void randomQueriesOverRealLogsFindWhatAScanFinds() throws Exception {
        System.out.println("seed=" + SEED);
        var lines = new ArrayList<String>();
        for (var file : files()) {
            var all = new String(Files.readAllBytes(file), UTF_8).lines().toList();
            int from = random.nextInt(Math.max(1, all.size() - 1500));
            all.stream().skip(from).limit(1500).map(l -> l.replace("\r", "")).forEach(lines::add);
        }
        assertThat(lines).hasSizeGreaterThan(10_000);
        run(lines, 500);
    }

    private void run(List<String> lines, int queries) {
        try (var store = new TestStore(new FaultDisk())) {
            store.engine.createTable(TABLE);
            int part = lines.size() / 4 + 1;
            for (int i = 0; i < lines.size(); i += part) {
                append(store, lines.subList(i, Math.min(lines.size(), i + part)));
                if (i + part < lines.size()) {
                    store.engine.archive(table(store), 0);
                }
            }
            int found = 0;
            for (int i = 0; i < queries; i++) {
                var ask = ask(2);
                try {
                    found += compare(store, ask) ? 1 : 0;
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("seed=" + SEED + " query=" + ask.query(), e);
                }
            }
            assertThat(found).as("queries that found something").isGreaterThan(queries / 4);
        }
    }

    private static sherd.engine.route.ShardedTable table(TestStore store) {
        return store.engine.requireTable(TABLE.name());
    }

    private void append(TestStore store, List<String> lines) {
        try (var batch = store.engine.newBatch(table(store))) {
            for (var line : lines) {
                long time = 1_000_000 + rows.size() * 10L + (random.nextInt(5) == 0 ? random.nextInt(2000) : 0);
                var level = List.of("info", "WARN", "error from x").get(random.nextInt(3));
                var row = Row.of(time, line, level, rows.size());
                rows.add(row);
                batch.startRow();
                batch.putLong(0, time);
                put(batch, 1, line);
                put(batch, 2, level);
                batch.putLong(3, row.number());
                batch.putLong(4, row.number() % 7);
                batch.endRow();
            }
            store.await(store.engine.append(table(store), batch));
        }
    }

    private static void put(sherd.engine.command.RowBatch batch, int column, String text) {
        var bytes = text.getBytes(UTF_8);
        batch.putBytes(column, bytes, 0, bytes.length);
    }

    private boolean compare(TestStore store, Ask ask) {
        long first = rows.getFirst().time();
        long last = rows.getLast().time();
        long from = random.nextInt(3) > 0 ? Long.MIN_VALUE : random.nextLong(first - 5, last + 5);
        long to = random.nextInt(3) > 0
                ? Long.MAX_VALUE
                : random.nextLong(from == Long.MIN_VALUE ? first : from, last + 9);
        int limit = random.nextBoolean() ? random.nextInt(20) : 10_000;
        var wanted = rows.stream()
                .filter(row ->
                        row.time() >= from && row.time() < to && ask.holds().test(row))
                .sorted(Comparator.comparingLong(Row::time).reversed())
                .toList();
        var request = new SearchRequest(ask.query(), from, to, limit, random.nextBoolean(), 60_000);
        var result = store.engine.search(table(store), request);
        assertThat(result.total()).as(ask.query()).isEqualTo(wanted.size());
        compareHits(result, wanted, limit);
        compareHits(store.engine.search(table(store), request.notCounting()), wanted, limit);
        return !wanted.isEmpty();
    }

    private static void compareHits(SearchResult result, List<Row> wanted, int limit) {
        var newest = wanted.stream().limit(limit).map(Row::time).toList();
        assertThat(result.hits()).extracting(Hit::ts).isEqualTo(newest);
        if (wanted.size() <= limit) {
            var got = new TreeSet<String>();
            result.hits().forEach(hit -> got.add(String.valueOf(hit.values()[3])));
            var ids = new TreeSet<String>();
            wanted.forEach(row -> ids.add(String.valueOf(row.number())));
            assertThat(got).isEqualTo(ids);
        }
    }

    private String madeUpLine() {
        var line = new StringBuilder();
        for (int words = random.nextInt(14); words > 0; words--) {
            line.append(madeUpWord());
            line.append(random.nextInt(8) == 0 ? ", " : random.nextInt(12) == 0 ? "=" : " ");
        }
        return random.nextBoolean() ? line.toString() : line.toString().stripTrailing();
    }

    private String madeUpWord() {
        int dice = random.nextInt(10);
        var word = dice < 4
                ? FREQUENT.get(random.nextInt(1 + random.nextInt(FREQUENT.size())))
                : dice < 7 ? OTHERS.get(random.nextInt(OTHERS.size())) : "w" + random.nextInt(1500);
        return switch (random.nextInt(4)) {
            case 0 -> word.toUpperCase(Locale.ROOT);
            case 1 -> word.toLowerCase(Locale.ROOT);
            default -> word;
        };
    }

    private Ask ask(int depth) {
        int dice = random.nextInt(depth > 0 ? 16 : 11);
        return switch (dice) {
            case 0, 1 -> bare(runOf(aRow()));
            case 2, 3 -> phrase();
            case 4 -> prefix();
            case 5 -> infix();
            case 6, 7 -> openJoined();
            case 8 -> column();
            case 9 -> partOfCompound();
            case 10 -> random.nextInt(4) == 0 ? new Ask("*", row -> true) : bare("absent" + random.nextInt(9));
            case 11, 12, 13 -> both(ask(depth - 1), ask(depth - 1));
            case 14 -> either(ask(depth - 1), ask(depth - 1));
            default -> {
                var denied = ask(depth - 1);
                yield new Ask(
                        "NOT (" + denied.query() + ")", row -> !denied.holds().test(row));
            }
        };
    }

    private static Ask both(Ask left, Ask right) {
        return new Ask(
                "(" + left.query() + ") (" + right.query() + ")",
                row -> left.holds().test(row) && right.holds().test(row));
    }

    private static Ask either(Ask left, Ask right) {
        return new Ask(
                "(" + left.query() + ") OR (" + right.query() + ")",
                row -> left.holds().test(row) || right.holds().test(row));
    }

    private Row aRow() {
        while (true) {
            var row = rows.get(random.nextInt(rows.size()));
            if (!row.inLine().words().isEmpty()) {
                return row;
            }
        }
    }

    /** Something between spaces that has a word. */
    private String runOf(Row row) {
        var runs = List.of(row.line().split("[\\s\"()*\\\\]+")).stream()
                .filter(run -> run.length() < 200 && !new PlainScan(run).words().isEmpty())
                .filter(run -> !List.of("OR", "NOT", "AND").contains(run))
                .filter(run -> !run.matches("(?s)[A-Za-z_][A-Za-z0-9_-]*:.*"))
                .toList();
        return runs.isEmpty() ? "error" : runs.get(random.nextInt(runs.size()));
    }

    /** A run without space: one word, words that connectors join, or words with other things between them. */
    private static Ask bare(String run) {
        var asked = new PlainScan(run);
        var words = asked.words();
        if (words.size() == 1) {
            return word(run, words.getFirst().text());
        }
        var folded = asked.folded();
        boolean joined = !PlainScan.isPaired(run);
        for (int i = 1; joined && i < words.size(); i++) {
            int gap = words.get(i - 1).end();
            joined = words.get(i).start() == gap + 1 && ".:/-@".indexOf(folded.charAt(gap)) >= 0;
        }
        if (joined) {
            var text =
                    folded.substring(words.getFirst().start(), words.getLast().end());
            return new Ask(run, row -> row.any(scan -> scan.hasJoined(text, false, false)));
        }
        var texts = words.stream().map(PlainScan.Word::text).toList();
        return new Ask(run, row -> row.any(scan -> scan.hasPhrase(texts)));
    }

    private static Ask word(String query, String word) {
        boolean onePaired = PlainScan.isPaired(word) && word.codePointCount(0, word.length()) == 1;
        return new Ask(query, row -> row.any(scan -> onePaired ? scan.hasInfix(word) : scan.hasWord(word)));
    }

    private Ask phrase() {
        var row = aRow();
        var words = row.inLine().words();
        int from = random.nextInt(words.size());
        int to = Math.min(words.size(), from + 1 + random.nextInt(3));
        var text = row.inLine()
                .folded()
                .substring(words.get(from).start(), words.get(to - 1).end())
                .replaceAll("[\"\\\\]", " ");
        var texts =
                new PlainScan(text).words().stream().map(PlainScan.Word::text).toList();
        var query = "\"" + text.toUpperCase(Locale.ROOT) + "\"";
        if (texts.size() == 1) {
            return word(query, texts.getFirst());
        }
        if (random.nextInt(4) == 0) {
            return new Ask("line:" + query, r -> r.inLine().hasPhrase(texts));
        }
        return new Ask(query, r -> r.any(scan -> scan.hasPhrase(texts)));
    }

    /** A word of some row that is not cut into pairs. */
    private String plainWord() {
        while (true) {
            var words = aRow().inLine().words();
            var word = words.get(random.nextInt(words.size())).text();
            if (!PlainScan.isPaired(word) && word.codePoints().allMatch(c -> c < 0x10000)) {
                return word;
            }
        }
    }

    private Ask prefix() {
        var word = plainWord();
        var prefix = word.substring(0, 1 + random.nextInt(Math.min(word.length(), 5)));
        return new Ask(prefix + "*", row -> row.any(scan -> scan.hasPrefix(PlainScan.fold(prefix))));
    }

    private Ask infix() {
        var word = plainWord();
        int from = random.nextInt(word.length());
        var infix = word.substring(from, from + 1 + random.nextInt(Math.min(word.length() - from, 4)));
        return new Ask("*" + infix + "*", row -> row.any(scan -> scan.hasInfix(PlainScan.fold(infix))));
    }

    /** Joined words as they stand in some row, or null if it has none. */
    private Optional<String> compound() {
        var runs = aRow().inLine().folded().split("[^\\p{L}\\p{Nd}\\p{Mn}\\p{Mc}\\p{Nl}_.:/@-]+", -1);
        var found = new ArrayList<String>();
        for (var run : runs) {
            var trimmed = run.replaceAll("^[.:/@-]+|[.:/@-]+$", "");
            if (trimmed.matches(".*[.:/@-].*")
                    && !trimmed.matches(".*[.:/@-]{2}.*")
                    && !PlainScan.isPaired(trimmed)
                    && trimmed.length() < 100) {
                found.add(trimmed);
            }
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(random.nextInt(found.size())));
    }

    private Ask partOfCompound() {
        var compound = compound();
        if (compound.isEmpty()) {
            return prefix();
        }
        var words = compound.get().split("(?<=[.:/@-])", -1);
        int from = random.nextInt(words.length);
        int to = from + 1 + random.nextInt(words.length - from);
        var part = String.join("", List.of(words).subList(from, to)).replaceAll("[.:/@-]$", "");
        return part.matches("[a-z_][a-z0-9_-]*:.*") ? bare("error") : bare(part);
    }

    private Ask openJoined() {
        var compound = compound();
        if (compound.isEmpty()) {
            return infix();
        }
        var text = compound.get();
        boolean openStart = random.nextBoolean();
        int from = openStart ? random.nextInt(text.length()) : 0;
        int to = from + 1 + random.nextInt(text.length() - from);
        var part = text.substring(from, to).replaceAll("^[.:/@-]+", "");
        if (part.isEmpty() || part.matches("[a-z_][a-z0-9_-]*:.*") || !Character.isLetterOrDigit(part.codePointAt(0))) {
            return prefix();
        }
        var query = (openStart ? "*" : "") + part + "*";
        var folded = PlainScan.fold(part);
        if (!folded.equals(part)) {
            return prefix(); // cut within a character and its mark
        }
        if (!folded.matches(".*[.:/@-].*")) {
            return new Ask(query, row -> row.any(scan -> openStart ? scan.hasInfix(folded) : scan.hasPrefix(folded)));
        }
        return new Ask(query, row -> row.any(scan -> scan.hasJoined(folded, openStart, true)));
    }

    private Ask column() {
        return switch (random.nextInt(5)) {
            case 0 -> {
                int n = random.nextInt(8);
                yield new Ask("n:" + n, row -> row.number() % 7 == n);
            }
            case 1 -> {
                int id = random.nextInt(rows.size() + 1);
                yield new Ask("id:" + id, row -> row.number() == id);
            }
            case 2 -> new Ask("level:ERROR", row -> row.inLevel().hasWord("error"));
            case 3 -> new Ask("level:wa*", row -> row.inLevel().hasPrefix("wa"));
            default -> {
                var word = plainWord();
                yield new Ask("line:\"" + word + "\"", row -> row.inLine().hasWord(word));
            }
        };
    }

    private static List<Path> files() throws Exception {
        var named = System.getProperty("SHERD_DATA", System.getenv().getOrDefault("SHERD_DATA", ""));
        var here = Path.of("").toAbsolutePath();
        var checkout = here.endsWith("engine") ? here.resolveSibling("") : here;
        var data = named.isEmpty() ? checkout.resolve("../shared/data").normalize() : Path.of(named);
        assumeTrue(
                Files.isDirectory(data), () -> "SKIPPED: no real logs at " + data + "; set SHERD_DATA to their folder");
        try (var tree = Files.walk(data)) {
            return tree.filter(Files::isRegularFile)
                    .filter(f -> f.getFileName().toString().contains("log"))
                    .sorted()
                    .toList();
        }
    }
}
