package sherd.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sherd.engine.command.Kind;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.memory.SlabPool;

/** Expired rows leave, and memory whose sizes have changed is used again. */
final class TidyingTest {
    private static final int KEYS = 200_000;
    private static final int KEY_BYTES = 16;
    private static final int STEPS = 8;

    private final MemoryBudget budget = new MemoryBudget(1L << 30);
    private final SlabPool pool = new SlabPool(budget);
    private final RecordStore store = new RecordStore(0, pool, null);
    private final Region key = new Region(budget, MemoryBudget.Purpose.CACHE, KEY_BYTES);
    private final Region value = new Region(budget, MemoryBudget.Purpose.CACHE, 256);

    @AfterEach
    void nothingIsLeft() {
        key.close();
        value.close();
        store.close();
        pool.close();
        assertThat(budget.usedBytes()).isZero();
    }

    private Kind seek(long number, long now) {
        OffHeap.putLong(key.address(), number);
        OffHeap.putLong(key.address() + 8, ~number);
        return store.seek(key.address(), KEY_BYTES, now);
    }

    private void put(long number, int valueBytes, long expiry) {
        seek(number, 0);
        OffHeap.fill(value.address(), valueBytes, (byte) number);
        store.putString(value.address(), valueBytes, expiry, store.nextCounter(), 1);
    }

    private void walk(long now) {
        while (store.tidySome(now, STEPS)) {
            // until the end
        }
    }

    /** A third of what is used, and the last slab of each class. */
    private void expectLittleUnused() {
        long used = store.heldBytes() - store.unusedBytes();
        assertThat(store.unusedBytes()).isLessThan(used / 3 + (2 << 20));
    }

    @Test
    void sizesThatChangeLeaveFewHoles() {
        for (int i = 0; i < KEYS; i++) {
            put(i, 64, -1);
        }
        for (int i = 0; i < KEYS; i++) {
            if (i % 4 != 0) {
                seek(i, 0);
                store.remove();
            }
        }
        for (int i = 0; i < KEYS; i += 16) {
            put(i, 100, -1);
        }
        long before = store.heldBytes();
        assertThat(store.unusedBytes()).as("holes, or this shows nothing").isGreaterThan(before / 2);
        walk(0);
        walk(0);
        expectLittleUnused();
        assertThat(store.heldBytes()).isLessThan(before / 2);
        for (int i = 0; i < KEYS; i++) {
            assertThat(seek(i, 0)).isEqualTo(i % 4 == 0 ? Kind.STRING : Kind.ABSENT);
            if (i % 4 == 0) {
                assertThat(store.valueLength()).isEqualTo(i % 16 == 0 ? 100 : 64);
                assertThat(OffHeap.getByte(store.valueAddress() + 63)).isEqualTo((byte) i);
            }
        }
    }

    @Test
    void expiryGivesMemoryBack() {
        for (int i = 0; i < KEYS; i++) {
            put(i, 64, i % 8 == 0 ? -1 : 1000);
        }
        walk(999);
        assertThat(store.liveRows()).isEqualTo(KEYS);
        walk(1000);
        walk(1000);
        assertThat(store.liveRows()).isEqualTo(KEYS / 8);
        expectLittleUnused();
        for (int i = 0; i < KEYS; i++) {
            assertThat(seek(i, 1000)).isEqualTo(i % 8 == 0 ? Kind.STRING : Kind.ABSENT);
        }
    }
}
