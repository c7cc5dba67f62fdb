package sherd.bench.buffers;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PoolProcessTest {
    private static final int COUNT = 10_000;

    /** A buffer that loses what was written into it, or is given twice, is noticed by the sum. */
    @ParameterizedTest
    @EnumSource
    void buffersKeepWhatIsWrittenIntoThem(BufferSource.Variant variant) {
        for (int bytes : new int[] {16, 128, 4096}) {
            assertThat(PoolProcess.measure(variant, bytes, COUNT).nanos()).isPositive();
        }
    }

    @Test
    void poolsLeaveTheHeapAlone() {
        var level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // as the launcher does
        for (var pool : new BufferSource.Variant[] {BufferSource.Variant.SLABS, BufferSource.Variant.NETTY_POOL}) {
            var found = HandlerProcess.onLoopThread(() -> PoolProcess.measure(pool, 128, COUNT));
            assertThat(found.allocated() / COUNT).as(pool.word()).isLessThan(1);
        }
        assertThat(PoolProcess.measure(BufferSource.Variant.HEAP, 128, COUNT).allocated() / COUNT)
                .isGreaterThan(100);
        ResourceLeakDetector.setLevel(level);
    }
}
