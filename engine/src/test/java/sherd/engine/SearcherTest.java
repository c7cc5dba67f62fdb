package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.Clock;

/** What a search does, beside what it finds. */
final class SearcherTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final int ROWS = 4000;

    private final TestStore store = new TestStore(new FaultDisk());

    @BeforeEach
    void writeThreeSegments() {
        store.engine.createTable(TableDefinition.lines(LINES, 1, ArchiveSettings.DEFAULT));
        for (int part = 0; part < 3; part++) {
            int first = part * ROWS;
            int number = part;
            // Each word of two in ten lines is in every block; "rare" is in ten lines of a segment.
            var lines = IntStream.range(first, first + ROWS)
                    .mapToObj(i -> "line of part" + number + (i % 10 < 2 ? " error" : "")
                            + (i % 400 == 7 ? " rare" : "") + (i - first < ROWS / 4 ? " early" : ""))
                    .toArray(String[]::new);
            store.lines(LINES.toString(), 1_000_000L * (part + 1), lines);
            store.engine.archive(store.engine.requireTable(LINES), 0);
        }
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private SearchResult search(SearchRequest request) {
        return store.engine.search(store.engine.requireTable(LINES), request);
    }

    private static SearchRequest request(String query) {
        return new SearchRequest(query, Long.MIN_VALUE, Long.MAX_VALUE, 10, true, 30_000);
    }

    private static long fact(SearchResult result, String step, String name) {
        return result.explain().orElseThrow().steps().stream()
                .filter(s -> s.name().equals(step))
                .flatMap(s -> s.facts().stream())
                .filter(f -> f.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static String plans(SearchResult result) {
        return String.join(
                " ",
                result.explain().orElseThrow().segments().stream()
                        .map(segment -> segment.plan())
                        .toList());
    }

    @Test
    void aWordThatIsNowhereOpensNoSegment() {
        for (var query : new String[] {
            "nowhere", "error nowhere", "nowhere NOT error", "\"error nowhere\"", "error-nowhere", "line:nowhere.err*"
        }) {
            var result = search(request(query));
            assertThat(result.total()).as(query).isZero();
            assertThat(fact(result, "prune", "pruned")).as(query).isEqualTo(3);
            assertThat(plans(result)).as(query).isEmpty();
        }
    }

    @Test
    void explainTellsWhatPrunedEachSegment() {
        var result = search(new SearchRequest("part1", 2_000_000L, 3_500_000L, 10, true, 30_000));
        assertThat(fact(result, "prune", "segments")).isEqualTo(3);
        assertThat(fact(result, "prune", "by_time")).isEqualTo(1);
        assertThat(fact(result, "prune", "by_words")).isEqualTo(1);
        assertThat(fact(result, "prune", "pruned")).isEqualTo(2);
        assertThat(plans(result)).hasSize(plans(result).replace(" ", "").length());
        assertThat(result.total()).isEqualTo(ROWS);
    }

    @Test
    void aPartOfAWordThatIsNowhereReadsNoRows() {
        for (var query : new String[] {"nowh*", "*nowh*", "error nowh*"}) {
            var result = search(request(query));
            assertThat(result.total()).as(query).isZero();
            assertThat(fact(result, "rows", "blocks")).as(query).isZero();
            assertThat(plans(result)).as(query).isEqualTo("none none none");
        }
    }

    @Test
    void aRareWordIsCountedWithoutItsText() {
        var result = search(request("rare"));
        assertThat(result.total()).isEqualTo(30);
        assertThat(fact(result, "index", "certain")).isEqualTo(30);
        assertThat(fact(result, "rows", "verified")).isZero();
        var opposite = search(request("NOT rare"));
        assertThat(opposite.total()).isEqualTo(3 * ROWS - 30);
        assertThat(fact(opposite, "rows", "verified")).isZero();
    }

    @Test
    void aWordThatIsEverywhereIsScannedAndOneByBlocksIsNot() {
        var everywhere = search(request("error line"));
        assertThat(everywhere.total()).isEqualTo(3 * ROWS / 5);
        assertThat(plans(everywhere)).isEqualTo("scan scan scan");
        assertThat(fact(everywhere, "rows", "verified")).isEqualTo(3 * ROWS);
        var byBlocks = search(request("early line"));
        assertThat(byBlocks.total()).isEqualTo(3 * ROWS / 4);
        assertThat(plans(byBlocks)).isEqualTo("index index index");
        assertThat(fact(byBlocks, "rows", "verified")).isBetween(3L * ROWS / 4, 3L * ROWS / 4 + 3 * 64);
        assertThat(fact(search(request("rare early")), "rows", "verified")).isLessThanOrEqualTo(30);
    }

    @Test
    void oneWordIsCountedByTheDictionary() {
        for (var query : new String[] {"error", "early", "line:ERROR", "part1"}) {
            var result = search(request(query));
            assertThat(result.total()).as(query).isEqualTo(query.equals("part1") ? ROWS : countOf(query));
            assertThat(result.hits()).as(query).hasSize(10);
            assertThat(fact(result, "rows", "verified")).as(query).isLessThan(100);
            assertThat(plans(result)).as(query).isIn("index", "index index index");
        }
    }

    private static long countOf(String query) {
        return query.equals("early") ? 3 * ROWS / 4 : 3 * ROWS / 5;
    }

    @Test
    void whatIsOnlyCountedIsSharedWithWhoHasTime() {
        var pool = Executors.newFixedThreadPool(2);
        try {
            var alone = searcher(work -> {
                throw new RejectedExecutionException("closing");
            });
            var never = searcher(work -> {});
            long wanted = search(request("error line")).total();
            assertThat(searcher(pool).search().total()).isEqualTo(wanted);
            assertThat(alone.search().total()).isEqualTo(wanted);
            assertThat(never.search().total()).isEqualTo(wanted);
        } finally {
            pool.close();
        }
    }

    /** One by whose clock everything takes long. */
    private Searcher searcher(Executor helpers) {
        var slow = new Clock() {
            private final AtomicLong now = new AtomicLong();

            @Override
            public long nanoTime() {
                return now.addAndGet(10_000_000);
            }

            @Override
            public long epochMillis() {
                return 0;
            }
        };
        var request = new SearchRequest("error line", Long.MIN_VALUE, Long.MAX_VALUE, 10, false, 600_000);
        return new Searcher(
                store.engine.requireTable(LINES), request, slow, store.engine.memory(), helpers, segment -> false);
    }

    @Test
    void withoutCountingNothingIsReadBeyondTheNewest() {
        var counted = search(request("error"));
        var newest = search(request("error").notCounting());
        assertThat(newest.hits())
                .hasSize(10)
                .extracting(Hit::row)
                .isEqualTo(counted.hits().stream().map(Hit::row).toList());
        assertThat(fact(newest, "rows", "verified")).isLessThan(100);
        assertThat(fact(newest, "prune", "pruned")).isEqualTo(2);
    }

    @Test
    void aTimeRangeTouchesItsSegmentOnly() {
        var result = search(new SearchRequest("rare", 2_000_000, 2_000_001, 10, true, 30_000));
        assertThat(result.total()).isEqualTo(10);
        assertThat(fact(result, "prune", "segments")).isEqualTo(3);
        assertThat(fact(result, "prune", "pruned")).isEqualTo(2);
    }

    @Test
    void aCancelledSearchEnds() {
        assertThatThrownBy(() -> search(request("error").until(() -> true)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED))
                .hasMessageContaining("cancelled");
    }

    @Test
    void aSearchPastItsDeadlineEnds() {
        var late = new SearchRequest("error", Long.MIN_VALUE, Long.MAX_VALUE, 10, false, -1);
        assertThatThrownBy(() -> search(late))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
    }
}
