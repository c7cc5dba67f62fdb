package sherd.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

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
}
