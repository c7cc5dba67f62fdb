package sherd.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationBatch;
import sherd.engine.command.MutationLayout;
import sherd.engine.command.RowBatch;
import sherd.engine.command.RowLayout;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.table.FieldList;

@SuppressWarnings("EnumOrdinal") // kinds are stored by their ordinal
final class ChangeCheckTest {
    private static final List<Column> COLUMNS = List.of(
            new Column("k", ColumnType.STRING), new Column("n", ColumnType.INT64), new Column("ok", ColumnType.BOOL));
    private static final int KEY_LENGTH = 14;
    private static final int FIRST_LENGTH = 16;
    private static final int SECOND = 18;

    private final MemoryBudget budget = new MemoryBudget(1 << 20);
    private final Region memory = new Region(budget, MemoryBudget.Purpose.NETWORK, 256);
    private final MutationBatch batch = new MutationBatch(budget);

    @AfterEach
    void allMemoryIsGivenBack() {
        memory.close();
        batch.close();
        assertThat(budget.usedBytes()).isZero();
    }

    private @Nullable String problem() {
        var framing = ChangeCheck.framing(batch.address(), batch.bytes());
        return framing != null ? framing : ChangeCheck.content(batch.address(), COLUMNS);
    }

    /** Whether the change is found good, and no longer with another number at an offset. */
    private void assertSoundAndThenNot(int offset, int... numbers) {
        assertThat(problem()).isNull();
        int before = OffHeap.getInt(batch.address() + offset);
        for (int number : numbers) {
            OffHeap.putInt(batch.address() + offset, number);
            assertThat(problem()).as("offset=%d number=%d", offset, number).isNotNull();
        }
        OffHeap.putInt(batch.address() + offset, before);
        assertThat(problem()).isNull();
    }

    private long text(String words) {
        var bytes = words.getBytes(StandardCharsets.US_ASCII);
        OffHeap.copy(bytes, 0, memory.address(), bytes.length);
        return memory.address();
    }

    @Test
    void lengthsMustFillTheChange() {
        batch.put(Kind.STRING, text("keyvalue"), 3, memory.address() + 3, 5, 0, -1, 1, 0);
        for (int offset : new int[] {KEY_LENGTH, FIRST_LENGTH}) {
            assertThat(problem()).isNull();
            int before = OffHeap.getUnsignedShort(batch.address() + offset);
            for (int number : new int[] {before + 1, 1 << 15, (1 << 16) - 1}) {
                OffHeap.putShort(batch.address() + offset, (short) number);
                assertThat(problem()).as("offset=%d number=%d", offset, number).isNotNull();
            }
            OffHeap.putShort(batch.address() + offset, (short) before);
        }
        assertThat(problem()).isNull();
        for (int bytes = 0; bytes < batch.bytes(); bytes++) {
            assertThat(ChangeCheck.framing(batch.address(), bytes))
                    .as("bytes=%d", bytes)
                    .isNotNull();
        }
    }

    @Test
    void lengthsOfAWideChangeAreNotNegative() {
        batch.put(Kind.STRING, text("keyvalue"), 3, memory.address() + 3, 5, 0, -1, 1L << 40, 0);
        for (int offset : new int[] {22, 26}) {
            assertSoundAndThenNot(offset, -1, 6, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE);
        }
    }

    @Test
    void aKindMustBeOne() {
        batch.put(Kind.STRING, text("keyvalue"), 3, memory.address() + 3, 5, 0, -1, 1, 0);
        for (int kind : new int[] {-1, Kind.values().length, 127, 0 /* absent */}) {
            OffHeap.putByte(batch.address() + 1, (byte) kind);
            assertThat(problem()).as("kind=%d", kind).isNotNull();
        }
    }

    @Test
    void fieldsMustFillTheirListAndBeAsManyAsItSays() {
        int bytes = FieldList.write(memory.address(), new byte[] {'f'}, new byte[] {'v', 'w'});
        batch.put(Kind.HASH, memory.address(), 1, memory.address(), bytes, 1, -1, 1, 0);
        assertSoundAndThenNot(SECOND, 0, 2, -1);
        int list = (int) (MutationLayout.first(batch.address()) - batch.address());
        assertSoundAndThenNot(list, -1, 2, 1 << 30, Integer.MAX_VALUE);
        assertSoundAndThenNot(list + 4, -1, 1, 3, Integer.MAX_VALUE);
    }

    @Test
    void theValuesOfRowsMustFillThem() {
        try (var rows = new RowBatch(COLUMNS, budget)) {
            RowLayout.append(rows, new @Nullable Object[] {"abc", 7L, true});
            RowLayout.append(rows, new @Nullable Object[] {null, 8L, null});
            batch.append(5, rows.address(), (int) rows.bytes(), 2);
        }
        assertSoundAndThenNot(SECOND, 0, 1, 3, Integer.MAX_VALUE);
        int row = (int) (MutationLayout.first(batch.address()) - batch.address());
        assertSoundAndThenNot(row, 0, -1, 5, 1 << 30);
        assertSoundAndThenNot(row + 5, -1, 2, 4, Integer.MAX_VALUE);
    }

    @Test
    void aWriteEndsWhereAValueMayEnd() {
        batch.write(text("key"), 3, 100, memory.address(), 3, 1);
        assertSoundAndThenNot(SECOND, -1, 512 << 20, Integer.MAX_VALUE);
    }
}
