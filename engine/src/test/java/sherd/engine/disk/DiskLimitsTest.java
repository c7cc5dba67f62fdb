package sherd.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.observe.Event;

final class DiskLimitsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path proc;

    private DiskLimits read(String mappings, String files) throws Exception {
        Files.createDirectories(proc.resolve("sys/vm"));
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("sys/vm/max_map_count"), mappings + "\n");
        Files.writeString(
                proc.resolve("self/limits"),
                "Limit                     Soft Limit           Hard Limit           Units\n"
                        + "Max processes             95000                95000                processes\n"
                        + "Max open files            " + files + "                 524288               files\n");
        return DiskLimits.read(proc);
    }

    @Test
    void aQuarterOfTheMappingsIsForFilesAndHalfOfTheHandles() throws Exception {
        assertThat(read("65530", "1024")).isEqualTo(new DiskLimits(16_382, 1024));
        assertThat(read("65530", "1024").filesToKeep()).isEqualTo(512);
        assertThat(read("65530", "524288").filesToKeep()).isEqualTo(8_191);
        assertThat(read("1048576", "524288")).isEqualTo(new DiskLimits(20_000, 524_288));
        assertThat(read("1048576", "524288").filesToKeep()).isEqualTo(10_000);
        assertThat(read("1048576", "unlimited").filesToKeep()).isEqualTo(512);
    }

    @Test
    void withoutFiguresNothingIsMapped() {
        assertThat(DiskLimits.read(proc)).isEqualTo(DiskLimits.USUAL);
    }

    @Test
    void moreSegmentsThanMappingsIsSaidWithWhatToDo() throws Exception {
        var few = read("4000", "1024");
        assertThat(few.warning(512)).isEmpty();
        assertThat(few.warning(513))
                .get()
                .isEqualTo(
                        new Event.Warning("more segments than may be mapped at a time, searches over all of them open"
                                + " and close files: segments=513 mapped_at_most=512; raise vm.max_map_count, for example with"
                                + " sysctl -w vm.max_map_count=1048576"));
        assertThat(read("1048576", "1024").warning(300_000)).isEmpty();
    }

    @Test
    void thisSystemAllowsSome() {
        assertThat(DiskLimits.ofSystem().mappings()).isGreaterThan(1000);
    }
}
