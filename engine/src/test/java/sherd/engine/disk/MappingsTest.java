package sherd.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.sim.FaultDisk;

final class MappingsTest {
    private static final int BYTES = 5000;
    private static final int LARGE_BYTES = 9 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeEach
    void makeFiles() throws Exception {
        var content = new byte[BYTES];
        content[BYTES - 1] = 7;
        Files.write(folder.resolve("small"), content);
        Files.write(folder.resolve("large"), new byte[LARGE_BYTES]);
    }

    private Mappings.Mapping map(Mappings mappings, String name, long bytes) throws Exception {
        try (var file = new LocalDisk(folder).open(name)) {
            return Objects.requireNonNull(mappings.map(file, bytes), "mapped");
        }
    }

    private long mapped() throws Exception {
        try (var maps = Files.lines(Path.of("/proc/self/maps"))) {
            var path = folder.toRealPath().toString();
            return maps.filter(line -> line.contains(path)).count();
        }
    }

    @Test
    void aMappingOutlivesItsFilesHandle() throws Exception {
        try (var mappings = new Mappings(10)) {
            var mapping = map(mappings, "small", BYTES);
            assertThat(mapping.bytes().byteSize()).isEqualTo(BYTES);
            assertThat(mapping.bytes().get(ValueLayout.JAVA_BYTE, BYTES - 1)).isEqualTo((byte) 7);
            mapping.letGo();
        }
        assertThat(mapped()).isZero();
    }

    @Test
    void thereAreNoMoreThanTheLimitUntilSomeWereUnmapped() throws Exception {
        try (var mappings = new Mappings(3);
                var file = new LocalDisk(folder).open("small")) {
            var held = new ArrayList<Mappings.Mapping>();
            for (int i = 0; i < 3; i++) {
                held.add(map(mappings, "small", BYTES));
            }
            assertThat(mappings.map(file, BYTES)).isNull();
            held.forEach(Mappings.Mapping::letGo);
            assertThat(mappings.count()).as("let go, but mapped still").isEqualTo(3);
            assertThat(mappings.tidy()).isTrue();
            assertThat(mappings.tidy()).isFalse();
            assertThat(mappings.count()).isZero();
            map(mappings, "small", BYTES).letGo();
        }
        assertThat(mapped()).isZero();
    }

    @Test
    void smallFilesAreUnmappedTogetherAndALargeOneAlone() throws Exception {
        try (var mappings = new Mappings(1000)) {
            var small = new ArrayList<Mappings.Mapping>();
            for (int i = 0; i < 100; i++) {
                small.add(map(mappings, "small", BYTES));
            }
            var large = map(mappings, "large", LARGE_BYTES);
            large.letGo();
            assertThat(mappings.tidy()).isTrue();
            assertThat(mappings.count()).isEqualTo(100);
            assertThatThrownBy(() -> large.bytes().get(ValueLayout.JAVA_BYTE, 0))
                    .isInstanceOf(IllegalStateException.class);
            small.subList(0, 63).forEach(Mappings.Mapping::letGo);
            assertThat(mappings.tidy()).as("the last of a group is read still").isFalse();
            assertThat(small.getFirst().bytes().get(ValueLayout.JAVA_BYTE, 0)).isZero();
            small.get(63).letGo();
            assertThat(mappings.tidy()).isTrue();
            assertThat(mappings.count()).isEqualTo(36);
            assertThat(mapped()).isEqualTo(36);
            small.subList(64, 100).forEach(Mappings.Mapping::letGo);
        }
        assertThat(mapped()).isZero();
    }

    @Test
    void whatIsNoFileOfThisMachineOrTooShortIsNotMapped() throws Exception {
        var disk = new FaultDisk();
        try (var mappings = new Mappings(10)) {
            try (var file = disk.create("here")) {
                file.write(ByteBuffer.allocate(BYTES), 0);
                assertThat(mappings.map(file, BYTES)).isNull();
            }
            try (var file = new LocalDisk(folder).open("small")) {
                assertThat(mappings.map(file, BYTES + 10_000)).isNull();
                assertThat(mappings.map(file, 0)).isNull();
            }
            assertThat(mappings.count()).isZero();
        }
        assertThat(mapped()).isZero();
    }
}
