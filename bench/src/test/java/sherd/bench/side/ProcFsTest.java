package sherd.bench.side;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sherd.bench.frame.BenchException;

final class ProcFsTest {
    private static final long ME = ProcessHandle.current().pid();

    @Test
    void cpuGrowsWithWorkAndNotFasterThanAllCoresCanGo() {
        long began = System.nanoTime();
        long before = ProcFs.cpuMicros(ME);
        long sum = 0;
        while (ProcFs.cpuMicros(ME) - before < 50_000) {
            sum += System.nanoTime();
            assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(60));
        }
        long possible = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began)
                * Runtime.getRuntime().availableProcessors();
        assertThat(ProcFs.cpuMicros(ME) - before).as("sum " + sum).isLessThan(possible + 50_000);
    }

    @Test
    void anonymousMemoryIsPartOfTheResident() {
        assertThat(ProcFs.anonymousBytes(ME)).isBetween(1L << 20, ProcFs.residentBytes(ME));
    }

    @Test
    void aProcessThatIsGoneIsNamed() {
        assertThatThrownBy(() -> ProcFs.cpuMicros(Integer.MAX_VALUE))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("/proc/2147483647/stat");
    }
}
