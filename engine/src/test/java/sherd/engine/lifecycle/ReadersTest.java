package sherd.engine.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.ArchiveSettings;

final class ReadersTest {
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final long START = 1_700_000_000_000L;
    private static final long GROUP = 12_345;

    private final MemoryBudget budget = new MemoryBudget(1 << 20);

    @AfterEach
    void nothingLeaks() {
        assertThat(budget.usedBytes()).isZero();
    }

    private Readers readers(int maxReads) {
        return new Readers(new ArchiveSettings(7 * DAY, maxReads, DAY, 0), 16 << 10, budget);
    }

    @Test
    void aReaderCountsOnceHoweverOftenHeReads() {
        try (var readers = readers(3)) {
            for (int i = 0; i < 1000; i++) {
                readers.note(GROUP, Readers.idOf("shop-" + i % 3), START + i);
            }
            assertThat(readers.count(GROUP, START + 1000)).isEqualTo(3);
            assertThat(readers.count(GROUP + 1, START + 1000)).isZero();
        }
    }

    @Test
    void aReadIsForgottenAfterTheWindowAndNotBefore() {
        try (var readers = readers(3)) {
            readers.note(GROUP, Readers.idOf("a"), START);
            readers.note(GROUP, Readers.idOf("b"), START + 10 * HOUR);
            assertThat(readers.count(GROUP, START + DAY)).isEqualTo(2);
            assertThat(readers.count(GROUP, START + DAY + HOUR)).isEqualTo(1);
            assertThat(readers.count(GROUP, START + DAY + 9 * HOUR)).isEqualTo(1);
            assertThat(readers.count(GROUP, START + DAY + 11 * HOUR)).isZero();
        }
    }

    @Test
    void memoryIsTakenAtTheFirstReadAndWithinItsShare() {
        var readers = readers(3);
        try (readers) {
            assertThat(readers.count(GROUP, START)).isZero();
            assertThat(budget.usedBytes()).isZero();
            readers.note(GROUP, 1, START);
            assertThat(budget.usedBytes(MemoryBudget.Purpose.CACHE)).isBetween(8L << 10, 16L << 10);
        }
        assertThat(readers.count(GROUP, START)).isZero();
    }

    @Test
    void readsOfRowsTooYoungToLeaveWithinTheWindowDoNotCount() {
        try (var readers = readers(3)) {
            assertThat(readers.counts(START, START + 6 * DAY - 1)).isFalse();
            assertThat(readers.counts(START, START + 6 * DAY)).isTrue();
        }
        try (var soon = new Readers(new ArchiveSettings(HOUR, 3, DAY, 0), 1024, budget)) {
            assertThat(soon.counts(START, START)).isTrue();
        }
    }

    @Test
    void namesHaveDifferentIds() {
        var ids = new HashSet<Integer>();
        for (int i = 0; i < 5000; i++) {
            ids.add(Readers.idOf("10.0." + i / 250 + "." + i % 250));
        }
        ids.add(Readers.idOf(""));
        assertThat(ids).hasSizeGreaterThan(4999).doesNotContain(Readers.NOBODY);
    }

    /** Against who read when. What decides is whether more than the most have read it; so many are counted exactly. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void fewReadersAreCountedExactly(long seed) {
        var random = new Random(seed);
        int most = random.nextInt(16);
        Map<Integer, Long> lastRead = new HashMap<>();
        try (var readers = readers(most)) {
            long now = START + random.nextLong(HOUR);
            for (int step = 0; step < 5000; step++) {
                now += random.nextInt(100) == 0 ? random.nextLong(2 * DAY) : random.nextLong(HOUR);
                int reader = Readers.idOf("reader " + random.nextInt(1 + random.nextInt(20)));
                readers.note(GROUP, reader, now);
                lastRead.put(reader, now / HOUR);
                long since = now / HOUR - 24;
                long counted =
                        lastRead.values().stream().filter(hour -> hour >= since).count();
                assertThat(readers.count(GROUP, now))
                        .as("seed %d step %d most %d", seed, step, most)
                        .isEqualTo((int) Math.min(counted, most + 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 40, 100, 1000, 20_000})
    void manyReadersAreEstimated(int distinct) {
        try (var readers = readers(500)) {
            for (int i = 0; i < distinct; i++) {
                readers.note(GROUP, Readers.idOf("10.1.0.0/" + i), START + i % 24 * HOUR);
                readers.note(GROUP, Readers.idOf("10.1.0.0/" + i / 2), START + i % 24 * HOUR);
            }
            assertThat((double) readers.count(GROUP, START + 23 * HOUR)).isCloseTo(distinct, within(0.35 * distinct));
            assertThat(readers.count(GROUP, START + 48 * HOUR)).isZero();
        }
    }

    @Test
    void estimatesForgetHourByHour() {
        try (var readers = readers(500)) {
            for (int i = 0; i < 48 * 50; i++) {
                readers.note(GROUP, Readers.idOf("reader " + i), START + i / 50 * HOUR);
            }
            assertThat((double) readers.count(GROUP, START + 47 * HOUR)).isCloseTo(25 * 50, within(0.35 * 25 * 50));
            assertThat((double) readers.count(GROUP, START + 67 * HOUR)).isCloseTo(5 * 50, within(0.35 * 5 * 50));
        }
    }
}
