package sherd.engine.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
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
