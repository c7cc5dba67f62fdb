package sherd.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class RegionTest {
    private static final int BYTES = 1 << 20;
    private static final int PAGE = 4096;

    private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);

    @Test
    void whatIsForgottenIsZeroAndTheRestStays() {
        try (var region = new Region(budget, MemoryBudget.Purpose.LOG, BYTES)) {
            long address = region.address();
            OffHeap.fill(address, BYTES, (byte) 7);
            region.forget(PAGE + 1, BYTES / 2);
            assertThat(region.address()).isEqualTo(address);
            assertThat(region.capacity()).isEqualTo(BYTES);
            assertThat(OffHeap.getByte(address + 2 * PAGE - 1)).isEqualTo((byte) 7);
            assertThat(OffHeap.getByte(address + 2 * PAGE)).isZero();
            assertThat(OffHeap.getByte(address + BYTES / 2 - 1)).isZero();
            assertThat(OffHeap.getByte(address + BYTES / 2)).isEqualTo((byte) 7);
        }
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aSmallRegionForgetsNothing() {
        try (var region = new Region(budget, MemoryBudget.Purpose.LOG, 4 * PAGE)) {
            OffHeap.fill(region.address(), 4 * PAGE, (byte) 7);
            region.forget(0, 4 * PAGE);
            assertThat(OffHeap.getByte(region.address() + 2 * PAGE)).isEqualTo((byte) 7);
        }
    }

    @Test
    void whatIsOnItsWayBackIsRoom() {
        var small = new MemoryBudget(24 * BYTES);
        var later = new ArrayList<Runnable>();
        small.giveBackOn(later::add);
        new Region(small, MemoryBudget.Purpose.LOG, 16 * BYTES).close();
        assertThat(small.usedBytes()).isEqualTo(16 * BYTES);
        assertThat(small.tryReserve(MemoryBudget.Purpose.INDEX, 25 * BYTES)).isFalse();
        assertThat(small.usedBytes()).isEqualTo(16 * BYTES);
        assertThat(small.hasRoom(8 * BYTES)).isTrue();
        assertThat(small.tryReserve(MemoryBudget.Purpose.INDEX, 13 * BYTES)).isTrue();
        assertThat(small.usedBytes()).isBetween(13L * BYTES, 24L * BYTES);
        assertThat(small.refusals()).isEqualTo(1);
        later.forEach(Runnable::run);
        assertThat(small.usedBytes()).isEqualTo(13 * BYTES);
        small.release(MemoryBudget.Purpose.INDEX, 13 * BYTES);
    }

    @Test
    void threadsWaitForEachOthersPages() throws Exception {
        int threads = 4;
        int bytes = 9 * BYTES;
        var small = new MemoryBudget((long) threads * bytes);
        try (var returns = Executors.newFixedThreadPool(2);
                var users = Executors.newFixedThreadPool(threads)) {
            small.giveBackOn(returns);
            var refused = new ArrayList<Future<Integer>>();
            for (int i = 0; i < threads; i++) {
                refused.add(users.submit(() -> {
                    int times = 0;
                    for (int j = 0; j < 100; j++) {
                        try (var region = new Region(small, MemoryBudget.Purpose.LOG, bytes)) {
                            OffHeap.fill(region.address(), bytes, (byte) 1);
                        }
                        times += small.hasRoom(bytes) ? 0 : 1;
                    }
                    return times;
                }));
            }
            for (var times : refused) {
                assertThat(times.get()).isZero();
            }
        }
        assertThat(small.usedBytes()).isZero();
    }
}
