package sherd.engine.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sherd.engine.FormatPage;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;

final class MutationLayoutTest {
    private static final MemoryBudget BUDGET = new MemoryBudget(1 << 20);

    @Test
    void theDocumentedUnitOfWorkIsWhatTheCodeWrites() {
        try (var words = new Region(BUDGET, MemoryBudget.Purpose.NETWORK, 64);
                var batch = new MutationBatch(BUDGET)) {
            var bytes = "colourblue".getBytes(UTF_8);
            OffHeap.copy(bytes, 0, words.address(), bytes.length);
            long key = words.address();
            batch.target(1, 17, 1_700_000_000);
            batch.put(Kind.STRING, key, 6, key + 6, 4, 0, -1, 1, 0);
            batch.expire(key, 6, 1_700_000_060_000L, 1);
            assertIsOnPage("Worked example", batch.address(), batch.bytes());
        }
    }

    @Test
    void everyPartIsReadBackWhateverItsWidth() {
        var random = new SplittableRandom(7);
        var edges = new long[] {0, 1, 255, 65_535, 65_536, 0xFFFF_FFFFL, 1L << 32, Long.MAX_VALUE};
        try (var words = new Region(BUDGET, MemoryBudget.Purpose.NETWORK, 70_000);
                var batch = new MutationBatch(BUDGET)) {
            OffHeap.fill(words.address(), 70_000, (byte) 'x');
            for (int i = 0; i < 2_000; i++) {
                long counter = edges[random.nextInt(edges.length)];
                long expiry = random.nextBoolean() ? -1 : edges[random.nextInt(edges.length)];
                int table = (int) Math.min(Integer.MAX_VALUE, edges[random.nextInt(edges.length)]);
                int shard = (int) Math.min(1 << 20, edges[random.nextInt(edges.length)]);
                int key = (int) edges[random.nextInt(5)];
                int value = (int) edges[random.nextInt(5)];
                int fields = random.nextInt(3);
                int dots = random.nextInt(4);
                batch.clear();
                batch.target(table, shard, i);
                batch.put(Kind.HASH, words.address(), key, words.address(), value, fields, expiry, counter, dots);
                long at = batch.last();
                for (int d = 0; d < dots; d++) {
                    OffHeap.putInt(MutationLayout.dot(at, d), d);
                    OffHeap.putLong(MutationLayout.dot(at, d) + 4, d);
                }
                assertThat(new long[] {
                            MutationLayout.operation(at),
                            MutationLayout.table(at),
                            MutationLayout.shard(at),
                            MutationLayout.counter(at),
                            MutationLayout.expiry(at),
                            MutationLayout.written(at),
                            MutationLayout.keyLength(at),
                            MutationLayout.firstLength(at),
                            MutationLayout.second(at),
                            MutationLayout.dots(at),
                            MutationLayout.length(at)
                        })
                        .containsExactly(
                                MutationLayout.PUT,
                                table,
                                shard,
                                counter,
                                expiry,
                                i,
                                key,
                                value,
                                fields,
                                dots,
                                batch.bytes());
                assertThat(MutationLayout.kind(at)).isEqualTo(Kind.HASH);
                assertThat(OffHeap.equal(MutationLayout.key(at), words.address(), key))
                        .isTrue();
                assertThat(OffHeap.equal(MutationLayout.first(at), words.address(), value))
                        .isTrue();
                assertThat(MutationLayout.fits(at, batch.bytes())).isTrue();
                assertThat(MutationLayout.fits(at, batch.bytes() - 1)).isFalse();
            }
        }
    }

    @Test
    void theDocumentedRowIsWhatTheCodeWrites() {
        var columns = List.of(
                new Column("id", ColumnType.INT64),
                new Column("name", ColumnType.STRING),
                new Column("visits", ColumnType.INT32));
        try (var rows = new RowBatch(columns, BUDGET)) {
            RowLayout.append(rows, new @Nullable Object[] {17L, "Ada", null});
            assertIsOnPage("Values", rows.address(), (int) rows.bytes());
        }
    }

    private static void assertIsOnPage(String heading, long address, int bytes) {
        var written = OffHeap.toArray(address, bytes);
        var block = heading.equals("Values") ? 1 : 0;
        assertThat(written)
                .as(HexFormat.ofDelimiter(" ").formatHex(written))
                .isEqualTo(FormatPage.of("mutations.md", heading).bytes(block));
    }
}
