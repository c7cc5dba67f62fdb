package sherd.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;

/** What a key costs in memory beyond its bytes and its value's. */
final class RecordStoreMemoryTest {
    private static final int KEYS = 200_000;
    private static final int KEY_BYTES = 16;
    private static final int VALUE_BYTES = 64;

    @Test
    void aSmallStringTakesLessThanTwentyOneBytesBeyondKeyAndValue() {
        var budget = new MemoryBudget(1L << 30);
        try (var pool = new SlabPool(budget);
                var store = new RecordStore(0, pool, null);
                var key = new Region(budget, MemoryBudget.Purpose.CACHE, KEY_BYTES);
                var value = new Region(budget, MemoryBudget.Purpose.CACHE, VALUE_BYTES)) {
            OffHeap.fill(value.address(), VALUE_BYTES, (byte) 'v');
            for (long i = 0; i < KEYS; i++) {
                OffHeap.putLong(key.address(), i);
                OffHeap.putLong(key.address() + 8, ~i);
                store.seek(key.address(), KEY_BYTES, 0);
                store.putString(value.address(), VALUE_BYTES, -1, store.nextCounter(), 1);
            }
            double beyond = (double) store.heldBytes() / KEYS - KEY_BYTES - VALUE_BYTES;
            System.out.printf("bytes a key beyond key and value: %.2f%n", beyond);
            assertThat(store.heldBytes()).isEqualTo(budget.usedBytes(MemoryBudget.Purpose.RECORDS));
            assertThat(beyond).isLessThan(21);

            for (long i = 0; i < KEYS; i++) {
                OffHeap.putLong(key.address(), i);
                OffHeap.putLong(key.address() + 8, ~i);
                store.seek(key.address(), KEY_BYTES, 0);
                store.remove();
            }
            assertThat(store.heldBytes()).isLessThan(2 << 20);
        }
        assertThat(budget.usedBytes()).isZero();
    }
}
