package sherd.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import sherd.engine.FormatPage;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

final class LogLayoutTest {
    /** Page and code change together, and only with a new version. */
    @Test
    void theDocumentedExampleIsWhatTheCodeWrites() {
        try (var memory = new Region(new MemoryBudget(1 << 20), MemoryBudget.Purpose.LOG, 1024)) {
            long at = memory.address();
            LogLayout.writeFileHeader(at, 0, 0x01020304);
            long frame = at + LogLayout.FILE_HEADER_BYTES;
            long batches = at + 512;
            OffHeap.copy(new byte[] {'a', 'b', 'c'}, 0, batches, 3);
            LogLayout.beginFrame(frame, LogLayout.FRAME, 0);
            LogLayout.addBatch(frame, batches, 3);
            LogLayout.addBatch(frame, batches, 0);
            LogLayout.sealFrame(
                    frame, 0, LogLayout.crc(frame + LogLayout.FRAME_HEADER_BYTES, 11), 0x01020304, new CRC32C());
            long end = frame + LogLayout.FRAME_HEADER_BYTES + 11;
            LogLayout.beginFrame(end, LogLayout.END_MARK, 11);
            LogLayout.sealFrame(end, 11, 0, 0x01020304, new CRC32C());
            assertThat(OffHeap.toArray(at, 107))
                    .isEqualTo(FormatPage.of("commit-log.md", "Worked example").bytes(0));
        }
    }

    @Test
    void fileNamesTellTheFirstLsnAndSortByIt() {
        assertThat(LogLayout.fileName(42)).isEqualTo("log/00000000000000000042.log");
        assertThat(LogLayout.lsnOfName("00000000000000000042.log")).isEqualTo(42);
        assertThat(LogLayout.lsnOfName("09223372036854775807.log")).isEqualTo(Long.MAX_VALUE);
        assertThat(LogLayout.lsnOfName("09223372036854775808.log")).isEqualTo(-1);
        assertThat(LogLayout.lsnOfName("99999999999999999999.log")).isEqualTo(-1);
        assertThat(LogLayout.lsnOfName("0000000000000000004x.log")).isEqualTo(-1);
        assertThat(LogLayout.lsnOfName("42.log")).isEqualTo(-1);
        assertThat(LogLayout.lsnOfName("00000000000000000042.tmp")).isEqualTo(-1);
    }

    @Test
    void keptFilesAreNamedByTheCutAndTheirBytes() {
        assertThat(LogLayout.keptFileName(42, 0xab)).isEqualTo("log/00000000000000000042-000000ab.cut");
        assertThat(LogLayout.isKeptName("00000000000000000042-000000ab.cut")).isTrue();
        assertThat(LogLayout.isKeptName("00000000000000000042-000000ab.log")).isFalse();
        assertThat(LogLayout.lsnOfName("00000000000000000042-000000ab.cut")).isEqualTo(-1);
        assertThat(LogLayout.tellsCrc("00000000000000000042-000000ab.cut", 0xab))
                .isTrue();
        assertThat(LogLayout.tellsCrc("00000000000000000042-000000ab.cut", 0xac))
                .isFalse();
    }
}
