package sherd.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.archive.text.Matcher;
import sherd.engine.archive.text.Query;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

final class SegmentSearchTest {
    private static final long SEED = Long.getLong("sherd.seed", System.nanoTime());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Random random = new Random(SEED);
    private final SegmentCache cache = new SegmentCache(Rows.BUDGET, 64 << 20);

    @SuppressWarnings("NullAway.Init")
    private LocalDisk disk;

    @BeforeEach
    void openFolder() throws Exception {
        System.out.println("seed=" + SEED);
        disk = new LocalDisk(folder);
    }

    /** Once in three times a time that is up to so much later. */
    private long rarely(int later, long time, long usually) {
        return random.nextInt(3) > 0 ? usually : time + random.nextInt(later);
    }

    @Test
    void randomQueriesFindWhatAPlainScanFinds() {
        var rows = Rows.random(random, 3000);
        var meta = Rows.write(disk, Rows.allTypes("arc-20261123-001"), rows);
        int found = 0;
        try (var segment = Segment.open(disk, meta, cache)) {
            for (int i = 0; i < 400; i++) {
                var query = randomQuery(2);
                long from = rarely(2_000_000, meta.minTime(), Long.MIN_VALUE);
                long to = rarely(4_000_000, meta.minTime(), Long.MAX_VALUE);
                var wanted = scan(segment, query, from, to);
                var got = new ArrayList<Long>();
                var stats = SegmentSearch.search(segment, Query.parse(query), from, to, (row, time) -> {
                    assertThat(time).isEqualTo(rows.get((int) row)[0]);
                    got.add(row);
                    return true;
                });
                assertThat(got).as("query %s from %d to %d", query, from, to).isEqualTo(wanted);
                assertThat(stats.total()).isEqualTo(wanted.size());
                found += wanted.isEmpty() ? 0 : 1;
            }
        }
        assertThat(found).as("queries that found something").isGreaterThan(100);
    }

    @Test
    void plainWordsFindTheLinesThatHaveThem() {
        var lines = new ArrayList<String>();
        var vocabulary =
                random.ints(300, 0, 5000).mapToObj(n -> Integer.toString(n, 36)).toList();
        for (int i = 0; i < 4000; i++) {
            var line = new StringBuilder();
            for (int w = random.nextInt(15); w > 0; w--) {
                line.append(vocabulary.get((int) (vocabulary.size() * Math.pow(random.nextDouble(), 3))))
                        .append(" .,:/-@=\t_".charAt(random.nextInt(10)));
            }
            lines.add(random.nextBoolean() ? line.toString() : line.toString().toUpperCase(Locale.ROOT));
        }
        var rows = new ArrayList<@Nullable Object[]>();
        for (int i = 0; i < lines.size(); i++) {
            rows.add(Rows.line(i, lines.get(i)));
        }
        var meta = Rows.write(disk, Rows.lines("arc-20261123-002"), rows);
        try (var segment = Segment.open(disk, meta, cache)) {
            for (var word : vocabulary.subList(0, 200)) {
                long wanted = lines.stream()
                        .filter(l -> Arrays.asList(l.toLowerCase(Locale.ROOT).split("[^a-z0-9_]+"))
                                .contains(word))
                        .count();
                var stats = SegmentSearch.search(
                        segment, Query.parse(word), Long.MIN_VALUE, Long.MAX_VALUE, (row, time) -> false);
                assertThat(stats.total()).as("word %s", word).isEqualTo(wanted);
                if (wanted < 128) {
                    assertThat(stats.verified()).as("the index alone knows").isZero();
                }
            }
        }
    }

    @Test
    void rowsThatAreOnlyCountedAreAsManyAsThoseThatAreSeen() {
        var rows = Rows.random(random, 6000);
        var meta = Rows.write(disk, Rows.allTypes("arc-20261123-006"), rows);
        int found = 0;
        try (var segment = Segment.open(disk, meta, cache)) {
            for (int i = 0; i < 400; i++) {
                var query = randomQuery(2);
                long from = rarely(2_000_000, meta.minTime(), Long.MIN_VALUE);
                long to = rarely(4_000_000, meta.minTime(), Long.MAX_VALUE);
                int step = random.nextInt(3) == 0 ? 3 : 1;
                var wanted = scan(segment, query, from, to).stream()
                        .filter(row -> row % step == 0)
                        .toList();
                var newest = new Newest(random.nextInt(3) == 0 ? random.nextInt(30) : 0, step);
                var stats = SegmentSearch.search(segment, Query.parse(query), from, to, newest);
                assertThat(stats.total())
                        .as("query %s from %d to %d, every %d", query, from, to, step)
                        .isEqualTo(wanted.size());
                assertThat(newest.rows)
                        .as("query %s from %d to %d, every %d", query, from, to, step)
                        .isEqualTo(wanted.stream().limit(newest.most).toList());
                found += wanted.isEmpty() ? 0 : 1;
            }
        }
        assertThat(found).as("queries that found something").isGreaterThan(100);
    }

    /** Wants the newest few of every so many rows, and the number of all. */
    private static final class Newest implements SegmentSearch.Collector {
        private final int most;
        private final int step;
        private final List<Long> rows = new ArrayList<>();

        Newest(int most, int step) {
            this.most = most;
            this.step = step;
        }

        @Override
        public boolean accepts(long row) {
            return row % step == 0;
        }

        @Override
        public boolean acceptsAll() {
            return step == 1;
        }

        @Override
        public boolean wants(long timeMillis) {
            return rows.size() < most;
        }

        @Override
        public int most() {
            return most;
        }

        @Override
        public boolean hit(long row, long timeMillis) {
            rows.add(row);
            return rows.size() < most;
        }
    }

    @Test
    void aFrequentWordOfAWholeSegmentIsCountedWithoutReadingRows() {
        var rows = new ArrayList<@Nullable Object[]>();
        for (int i = 0; i < 5000; i++) {
            rows.add(Rows.line(i, i % 3 == 0 ? "fizz a" : "other a"));
        }
        var meta = Rows.write(disk, Rows.lines("arc-20261123-007"), rows);
        try (var segment = Segment.open(disk, meta, cache)) {
            var all = SegmentSearch.search(
                    segment, Query.parse("fizz"), Long.MIN_VALUE, Long.MAX_VALUE, new Newest(0, 1));
            assertThat(all.total()).isEqualTo(1667);
            assertThat(all.verified()).isZero();
            var some = SegmentSearch.search(segment, Query.parse("fizz"), 1, 4998, new Newest(0, 1));
            assertThat(some.total()).isEqualTo(1666);
            assertThat(some.verified()).isEqualTo(4998);
            var both = SegmentSearch.search(
                    segment, Query.parse("a fizz"), Long.MIN_VALUE, Long.MAX_VALUE, new Newest(0, 1));
            assertThat(both.total()).isEqualTo(1667);
            // Each batch is read once.
            assertThat(both.blocksRead()).isLessThanOrEqualTo(segment.batches() + 4L);
        }
    }

    @Test
    void aHugeRowIsReadLikeAnyOther() {
        var huge = "fizz " + "x".repeat(3 << 20) + " buzz";
        var rows = List.<@Nullable Object[]>of(
                Rows.line(1, "fizz buzz"), Rows.line(2, huge), Rows.line(3, "fizz"), Rows.line(4, "buzz"));
        var meta = Rows.write(disk, Rows.lines("arc-20261123-008"), rows);
        try (var segment = Segment.open(disk, meta, cache)) {
            for (var query : List.of("\"buzz\" NOT absent", "*izz* *uzz*")) {
                var stats = SegmentSearch.search(
                        segment, Query.parse(query), Long.MIN_VALUE, Long.MAX_VALUE, new Newest(0, 1));
                assertThat(stats.total()).isEqualTo(query.startsWith("*") ? 2 : 3);
            }
        }
    }

    @Test
    void hitsComeNewestFirstAndCountingGoesOnAfterTheLastWanted() {
        var rows = new ArrayList<@Nullable Object[]>();
        for (int i = 0; i < 1000; i++) {
            rows.add(Rows.line(i / 2, i % 3 == 0 ? "fizz" : "other"));
        }
        var meta = Rows.write(disk, Rows.lines("arc-20261123-003"), rows);
        try (var segment = Segment.open(disk, meta, cache)) {
            var got = new ArrayList<Long>();
            var stats = SegmentSearch.search(segment, Query.parse("fizz"), 100, 400, new SegmentSearch.Collector() {
                @Override
                public boolean accepts(long row) {
                    return row % 2 == 0;
                }

                @Override
                public boolean hit(long row, long timeMillis) {
                    got.add(row);
                    return got.size() < 3;
                }
            });
            assertThat(got).containsExactly(798L, 792L, 786L);
            assertThat(stats.total()).isEqualTo((801 - 200) / 6 + 0L);
        }
    }

    @Test
    void aSearchThatTakesTooLongCanBeEnded() {
        var rows = new ArrayList<@Nullable Object[]>();
        for (int i = 0; i < 5000; i++) {
            rows.add(Rows.line(i, "a b"));
        }
        var meta = Rows.write(disk, Rows.lines("arc-20261123-004"), rows);
        try (var segment = Segment.open(disk, meta, cache)) {
            assertThatThrownBy(() -> SegmentSearch.search(
                            segment,
                            Query.parse("\"a b\""),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            new SegmentSearch.Collector() {
                                @Override
                                public boolean hit(long row, long timeMillis) {
                                    return true;
                                }

                                @Override
                                public void checkpoint() {
                                    throw new StoreException(ErrorCode.DEADLINE_EXCEEDED, "too slow");
                                }
                            }))
                    .hasMessage("too slow");
        }
    }

    @Test
    void veryLongWordsAreFoundExactly() {
        var stem = "w".repeat(200);
        var rows = List.<@Nullable Object[]>of(
                Rows.line(1, stem + "a"), Rows.line(2, stem + "b"), Rows.line(3, stem), Rows.line(4, "w".repeat(128)));
        var meta = Rows.write(disk, Rows.lines("arc-20261123-005"), rows);
        try (var segment = Segment.open(disk, meta, cache)) {
            assertThat(total(segment, stem + "a")).isEqualTo(1);
            assertThat(total(segment, stem)).isEqualTo(1);
            assertThat(total(segment, "w".repeat(128))).isEqualTo(1);
            assertThat(total(segment, stem + "*")).isEqualTo(3);
            assertThat(total(segment, "*wb*")).isEqualTo(1);
            assertThat(total(segment, "NOT *wb*")).isEqualTo(3);
            assertThat(total(segment, "*www*")).isEqualTo(4);
        }
    }

    @Test
    void veryLongWordsAreNotCountedByWhatTheyStartWith() {
        var stem = "w".repeat(200);
        var rows = new ArrayList<@Nullable Object[]>();
        for (int i = 0; i < 1000; i++) {
            rows.add(Rows.line(i, stem + (i % 4 == 0 ? "a" : "b")));
        }
        var meta = Rows.write(disk, Rows.lines("arc-20261123-009"), rows);
        try (var segment = Segment.open(disk, meta, cache)) {
            var stats = SegmentSearch.search(
                    segment, Query.parse(stem + "a"), Long.MIN_VALUE, Long.MAX_VALUE, new Newest(0, 1));
            assertThat(stats.total()).isEqualTo(250);
        }
    }

    private static long total(Segment segment, String query) {
        return SegmentSearch.search(segment, Query.parse(query), Long.MIN_VALUE, Long.MAX_VALUE, (row, time) -> true)
                .total();
    }

    private static List<Long> scan(Segment segment, String query, long from, long to) {
        var matcher = new Matcher(
                Query.parse(query).bind(segment.meta().columns()),
                segment.meta().columns());
        var cursor = segment.cursor();
        record Found(long row, long time) {}
        var found = new ArrayList<Found>();
        for (long row = 0; row < cursor.rows(); row++) {
            cursor.seek(row);
            long time = cursor.getLong(0);
            if (time >= from && time <= to && matcher.matches(cursor)) {
                found.add(new Found(row, time));
            }
        }
        found.sort(Comparator.comparingLong(Found::time)
                .thenComparingLong(Found::row)
                .reversed());
        return found.stream().map(Found::row).toList();
    }

    private String randomQuery(int depth) {
        return switch (random.nextInt(depth > 0 ? 13 : 8)) {
            case 0, 1 -> safe(Rows.word(random));
            case 2 -> quoted(Rows.word(random) + " " + Rows.word(random));
            case 3 -> part(true) + "*";
            case 4 -> "*" + part(false) + "*";
            case 5 -> column();
            case 6 -> quoted(Rows.word(random));
            case 7 -> List.of("", "*", "absent", "y*", "*ytail*").get(random.nextInt(5));
            case 8, 9 -> nonEmpty(randomQuery(depth - 1)) + " " + nonEmpty(randomQuery(depth - 1));
            case 10 -> nonEmpty(randomQuery(depth - 1)) + " OR " + nonEmpty(randomQuery(depth - 1));
            case 11 -> "NOT (" + nonEmpty(randomQuery(depth - 1)) + ")";
            default -> "(" + nonEmpty(randomQuery(depth - 1)) + ") NOT " + safe(Rows.word(random));
        };
    }

    private String column() {
        return switch (random.nextInt(8)) {
            case 0 -> "n:" + random.nextInt(5);
            case 1 -> "i:" + random.nextInt(5);
            case 2 -> "d:" + random.nextInt(5) / 2.0;
            case 3 -> "f:" + (float) (random.nextInt(5) / 3.0);
            case 4 -> "ok:" + random.nextBoolean();
            case 5 -> "doc:" + safe(Rows.word(random));
            case 6 -> "line:" + quoted(Rows.word(random) + " " + Rows.word(random));
            default -> "id:key";
        };
    }

    private String part(boolean start) {
        var letters = "abcdefgilnorstuvwxyz0123456789_";
        var word = Rows.word(random).replaceAll("[^A-Za-z0-9_./:@-]", "");
        if (word.length() < 3 || word.matches("[^A-Za-z0-9_]*")) {
            return "" + letters.charAt(random.nextInt(letters.length()));
        }
        int from = start ? 0 : random.nextInt(word.length() - 1);
        var part = word.substring(from, Math.min(word.length(), from + 1 + random.nextInt(4)));
        return part.matches("[./:@-]*") ? "e" : part.replaceAll("^([a-z]+):", "$1.");
    }

    private static String safe(String word) {
        return word.matches(".*[\\p{L}\\p{N}].*") ? word : "error";
    }

    private static String quoted(String text) {
        return "\"" + safe(text) + "\"";
    }

    private static String nonEmpty(String query) {
        return query.isEmpty() ? "error" : query;
    }
}
