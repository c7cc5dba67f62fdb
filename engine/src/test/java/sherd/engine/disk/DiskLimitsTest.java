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
    void aQuarterOfTheMappingsIsForFilesAndAsMuchOfTheHandles() throws Exception {
        assertThat(read("65530", "1024")).isEqualTo(new DiskLimits(16_382, 1024));
        assertThat(read("65530", "1024").filesToKeep()).isEqualTo(192);
        assertThat(read("65530", "524288").filesToKeep()).isEqualTo(8_191);
        assertThat(read("1048576", "524288")).isEqualTo(new DiskLimits(20_000, 524_288));
        assertThat(read("1048576", "524288").filesToKeep()).isEqualTo(10_000);
        assertThat(read("1048576", "unlimited").filesToKeep()).isEqualTo(192);
    }

    @Test
    void connectionsHaveWhatFilesLeave() throws Exception {
        assertThat(read("65530", "1024").connections()).isEqualTo(576);
        assertThat(read("65530", "4096").connections()).isEqualTo(2_688);
        assertThat(read("65530", "524288").connections()).isEqualTo(524_288 - 512 - 8_191);
        assertThat(read("4000", "524288").connections()).isEqualTo(524_288 - 512 - 500 - 12);
    }

    @Test
    void nothingIsGivenOutTwice() {
        for (int files = 1; files < 100_000; files += 1 + files / 50) {
            for (int mappings : new int[] {0, 1, 100, 1_000, 16_382, 20_000}) {
                var limits = new DiskLimits(mappings, files);
                int given = limits.filesToKeep() + limits.connections();
                assertThat(given).as(limits.toString()).isBetween(files * 3 / 4, files);
                assertThat(files - given).as(limits.toString()).isGreaterThanOrEqualTo(Math.min(512, files / 4));
                assertThat(limits.connections()).as(limits.toString()).isGreaterThanOrEqualTo(given / 2);
            }
        }
    }

    @Test
    void withoutFiguresNothingIsMapped() {
        assertThat(DiskLimits.read(proc)).isEqualTo(DiskLimits.USUAL);
    }

    @Test
    void moreSegmentsThanMayBeOpenIsSaidWithWhatToDo() throws Exception {
        var start = "more segments than may be open at a time, searches over all of them open and close files: ";
        assertThat(read("4000", "65536").warning(512)).isEmpty();
        assertThat(read("4000", "65536").warning(513))
                .contains(new Event.Warning(start + "segments=513 open_at_most=512; raise vm.max_map_count, for example"
                        + " with sysctl -w vm.max_map_count=1048576"));
        assertThat(read("1048576", "1024").warning(192)).isEmpty();
        assertThat(read("1048576", "1024").warning(193))
                .contains(new Event.Warning(start + "segments=193 open_at_most=192; raise the limit of open files, for"
                        + " example with ulimit -n 1048576"));
        assertThat(read("1048576", "524288").warning(300_000)).isEmpty();
    }

    @Test
    void thisSystemAllowsSome() {
        assertThat(DiskLimits.ofSystem().mappings()).isGreaterThan(1000);
    }
}
