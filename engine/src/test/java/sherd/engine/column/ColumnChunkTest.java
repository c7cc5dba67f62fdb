package sherd.engine.column;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.command.RowBatch;
import sherd.engine.command.RowLayout;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;

class ColumnChunkTest {
    private static final List<Column> COLUMNS = List.of(
            new Column("ts", ColumnType.TIMESTAMP),
            new Column("labels", ColumnType.STRING),
            new Column("line", ColumnType.STRING));
    private static final int ROWS = 8192;

    private final MemoryBudget budget = new MemoryBudget(64 << 20);

    @AfterEach
    void nothingLeaks() {
        assertThat(budget.usedBytes()).isZero();
    }

    private ColumnChunk chunk() {
        return ColumnChunk.create(COLUMNS, 0, 0, ROWS, ROWS * 256L, budget).orElseThrow();
    }

    private void add(ColumnChunk chunk, @Nullable Object... values) {
        try (var batch = new RowBatch(COLUMNS, budget)) {
            RowLayout.append(batch, values);
            assertThat(chunk.add(batch.address())).isTrue();
        }
    }

    /** Bytes of variable values after so many rows with these labels and no line. */
    private long dataOf(int rows, IntFunction<String> labels) {
        var chunk = chunk();
        try {
            for (int i = 0; i < rows; i++) {
                add(chunk, (long) i, labels.apply(i), null);
            }
            chunk.publish();
            for (int i = 0; i < rows; i++) {
                assertThat(chunk.toObjects(i)).containsExactly((long) i, labels.apply(i), null);
            }
            return chunk.dataBytes();
        } finally {
            chunk.release();
        }
    }

    private static long bytes(int values, IntFunction<String> value) {
        long bytes = 0;
        for (int i = 0; i < values; i++) {
            bytes += value.apply(i).getBytes(UTF_8).length;
        }
        return bytes;
    }

    @Test
    void equalValuesOfARunAreStoredOnce() {
        assertThat(dataOf(1000, i -> "{\"pod\":\"checkout\"}")).isEqualTo(18);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 20, 100, 200})
    void equalValuesInTurnWithOthersAreStoredOnce(int streams) {
        IntFunction<String> labels = i -> "{\"pod\":\"checkout-" + i % streams + "\"}";
        assertThat(dataOf(8000, labels)).isEqualTo(bytes(streams, labels));
    }

    @Test
    void valuesOfOneLengthThatDifferInOneByteAreKeptApart() {
        IntFunction<String> labels = i -> "x".repeat(i % 20) + (char) ('a' + i % 7) + "x".repeat(19 - i % 20);
        assertThat(dataOf(8000, labels)).isLessThan(bytes(8000, labels) / 4);
    }

    @Test
    void valuesThatCameBeforeManyOthersMayBeStoredAgain() {
        assertThat(dataOf(8000, i -> "pod-" + i % 4000)).isEqualTo(bytes(8000, i -> "pod-" + i % 4000));
    }

    @Test
    void aColumnWhoseValuesDoNotRepeatIsNotLookedAtForLong() {
        var chunk = chunk();
        try {
            for (int i = 0; i < 300; i++) {
                add(chunk, (long) i, "in turn " + i % 3, "line " + i);
            }
            assertThat(chunk.looksForEqual(1)).isTrue();
            assertThat(chunk.looksForEqual(2)).isFalse();
        } finally {
            chunk.release();
        }
    }

    /** Rows added, published, taken back, against a list; what is taken back may be what later rows would share. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void rowsAreWhatWasAdded(long seed) {
        var random = new Random(seed);
        int variety = 1 + random.nextInt(300);
        var model = new ArrayList<@Nullable Object[]>();
        int published = 0;
        var chunk = chunk();
        try {
            while (model.size() < ROWS - 50) {
                for (int i = random.nextInt(50); i > 0; i--) {
                    model.add(new @Nullable Object[] {
                        random.nextLong(), text(random, variety), text(random, random.nextBoolean() ? 2 : 1_000_000)
                    });
                    add(chunk, model.getLast());
                }
                switch (random.nextInt(4)) {
                    case 0 -> {
                        chunk.rollback();
                        model.subList(published, model.size()).clear();
                    }
                    case 1 -> {
                        chunk.publish();
                        published = published + random.nextInt(model.size() - published + 1);
                        chunk.truncate(published);
                        model.subList(published, model.size()).clear();
                    }
                    default -> {
                        chunk.publish();
                        published = model.size();
                    }
                }
            }
            chunk.publish();
            assertThat(chunk.rows()).as("seed " + seed).isEqualTo(model.size());
            for (int i = 0; i < model.size(); i++) {
                assertThat(chunk.toObjects(i)).as("seed " + seed + " row " + i).isEqualTo(model.get(i));
            }
        } finally {
            chunk.release();
        }
    }

    private static @Nullable String text(Random random, int variety) {
        int value = random.nextInt(variety + 1);
        return value == 0 ? null : "v".repeat(value % 20) + value;
    }
}
