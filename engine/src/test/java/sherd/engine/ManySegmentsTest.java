package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.ManualClock;

/** Thousands of small segments: what is asked for opens the few that may have it. */
final class ManySegmentsTest {
    private static final TableName LINES = TableName.parse("logs.app");
    private static final int SEGMENTS = 2000;
    private static final long HOUR = 3_600_000L;

    private final FaultDisk disk = new FaultDisk();
    private final ManualClock clock = new ManualClock(1_700_000_000_000L);

    private TestStore open() {
        return new TestStore(disk, TestStore.CONFIG.withShards(1).withMergeWidth(0), clock);
    }

    private static SearchResult search(TestStore store, String query, long from, long to) {
        return store.engine.search(
                store.engine.requireTable(LINES), new SearchRequest(query, from, to, 10, false, 30_000));
    }

    @Test
    void onlyThoseThatMayHaveItAreOpened() {
        try (var store = open()) {
            store.engine.createTable(TableDefinition.lines(LINES, 1, ArchiveSettings.DEFAULT));
            for (int i = 0; i < SEGMENTS; i++) {
                store.lines(LINES.toString(), i * HOUR, "common word", "rare" + i + " word");
                store.engine.archive(store.engine.requireTable(LINES), 0);
            }
        }
        try (var store = open()) {
            assertThat(store.engine.status().segments()).isEqualTo(SEGMENTS);
            assertThat(store.engine.status(store.engine.requireTable(LINES)).archivedRows())
                    .isEqualTo(2L * SEGMENTS);

            var rare = search(store, "rare1234", Long.MIN_VALUE, Long.MAX_VALUE);
            assertThat(rare.total()).isEqualTo(1);
            assertThat(rare.stats().pruned()).isGreaterThan(SEGMENTS - 40);

            var absent = search(store, "absent", Long.MIN_VALUE, Long.MAX_VALUE);
            assertThat(absent.total()).isZero();
            assertThat(absent.stats().pruned()).isGreaterThan(SEGMENTS - 40);

            var hour = search(store, "word", 77 * HOUR, 78 * HOUR);
            assertThat(hour.total()).isEqualTo(2);
            assertThat(hour.stats().pruned()).isEqualTo(SEGMENTS - 1);

            var all = search(store, "common", Long.MIN_VALUE, Long.MAX_VALUE);
            assertThat(all.total()).as("more segments than may be open").isEqualTo(SEGMENTS);
            assertThat(all.stats().pruned()).isZero();

            assertThat(store.engine.merge(store.engine.requireTable(LINES))).hasSize(1);
            assertThat(search(store, "rare77", Long.MIN_VALUE, Long.MAX_VALUE).total())
                    .isEqualTo(1);
            assertThat(search(store, "word", Long.MIN_VALUE, Long.MAX_VALUE).total())
                    .isEqualTo(2L * SEGMENTS);
        }
    }
}
