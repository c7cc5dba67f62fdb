package sherd.engine.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.archive.arrow.Compression;
import sherd.engine.disk.LocalDisk;
import sherd.engine.time.ManualClock;

/** What small blocks cost: the text of all real logs in segments, beside {@code zstd -3} over the same rows at once. */
final class TextSizeTest {
    private static final int OFFSETS = 3;
    private static final int BYTES = 4;

    private int segments;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void textInBlocksIsNotMuchLargerThanInOneRun() throws Exception {
        var lines = new ArrayList<byte[]>();
        for (var file : RealLogsTest.files()) {
            RealLogsTest.split(Files.readAllBytes(file), lines);
        }
        var whole = new ByteArrayOutputStream();
        for (var line : lines) {
            whole.write(line);
            whole.write('\n');
        }
        long atOnce = Zstd.compress(whole.toByteArray(), 3).length;
        for (var compression : Compression.values()) {
            var sizes = sizes(lines, compression);
            double text = (double) sizes[BYTES] / atOnce;
            System.out.printf(
                    Locale.ROOT,
                    "text=%d zstd-3=%d %s: text=%.3f offsets=%.3f of zstd-3%n",
                    whole.size(),
                    atOnce,
                    compression,
                    text,
                    (double) sizes[OFFSETS] / atOnce);
            assertThat(text).as("%s beside zstd -3", compression).isLessThan(1.15);
        }
    }

    /** Bytes of each buffer of a batch, over all batches. */
    private long[] sizes(List<byte[]> lines, Compression compression) throws Exception {
        var disk = new LocalDisk(folder);
        var spec = new SegmentSpec(
                "arc-20261123-%03d".formatted(++segments), "segments", Rows.TABLE, Rows.LINES, 0, -1, compression);
        SegmentMeta meta;
        try (var writer = SegmentWriter.create(disk, spec, new ManualClock(0), Rows.BUDGET)) {
            for (int row = 0; row < lines.size(); row++) {
                Rows.put(writer, spec, new Object[] {(long) row, lines.get(row)});
            }
            meta = writer.seal();
        }
        var file = Files.readAllBytes(folder.resolve(meta.file()));
        var sizes = new long[BYTES + 1];
        try (var segment = Segment.open(disk, meta, new SegmentCache(Rows.BUDGET, 0))) {
            for (int i = 0; i < segment.blocks().count(); i++) {
                var block = segment.blocks().block(i);
                int at = (int) (SegmentLayout.ROWS_OFFSET + block.offset());
                var message = ByteBuffer.wrap(file, at + 8, block.metadataLength() - 8)
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN);
                var batch = (RecordBatch)
                        Objects.requireNonNull(Message.getRootAsMessage(message).header(new RecordBatch()));
                for (int buffer = 0; buffer < sizes.length; buffer++) {
                    sizes[buffer] += batch.buffers(buffer).length();
                }
            }
        }
        return sizes;
    }
}
