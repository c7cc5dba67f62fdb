package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMilliTZVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.SeekableReadChannel;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.disk.LocalDisk;
import sherd.engine.schema.ColumnType;

/** Others read our rows: what Arrow's own library sees, and where the bytes lie. */
final class SegmentArrowTest {
    private static final long SEED = Long.getLong("sherd.seed", System.nanoTime());

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void arrowJavaReadsEqualRowsFromTheFileAndFromTheStream() throws Exception {
        System.out.println("seed=" + SEED);
        var disk = new LocalDisk(folder);
        var rows = Rows.random(new Random(SEED), 6000);
        var arrow = rowsMember(Rows.write(disk, Rows.allTypes("arc-20261123-001"), rows));
        try (var allocator = new RootAllocator();
                var reader = new ArrowFileReader(
                        new SeekableReadChannel(new ByteArrayReadableSeekableByteChannel(arrow)),
                        allocator,
                        CommonsCompressionFactory.INSTANCE)) {
            assertThat(reader.getRecordBlocks()).hasSizeGreaterThan(3);
            assertThat(reader.getVectorSchemaRoot().getSchema().getCustomMetadata())
                    .containsEntry("sherd.segment_id", "arc-20261123-001")
                    .containsEntry("sherd.table", "logs.app");
            int next = 0;
            while (reader.loadNextBatch()) {
                next = compare(reader.getVectorSchemaRoot(), rows, next);
            }
            assertThat(next).isEqualTo(rows.size());
        }
        // A reader of streams sees the same after the eight bytes that make it a file.
        try (var allocator = new RootAllocator();
                var reader = new ArrowStreamReader(
                        Channels.newChannel(new ByteArrayInputStream(arrow, 8, arrow.length - 8)),
                        allocator,
                        CommonsCompressionFactory.INSTANCE)) {
            int next = 0;
            while (reader.loadNextBatch()) {
                next = compare(reader.getVectorSchemaRoot(), rows, next);
            }
            assertThat(next).isEqualTo(rows.size());
        }
    }

    @Test
    void messagesAndRawValuesStartAtMultiplesOf64() throws Exception {
        var disk = new LocalDisk(folder);
        var meta = Rows.write(disk, Rows.allTypes("arc-20261123-002"), Rows.random(new Random(7), 6000));
        var numbers = List.of(
                new SegmentColumn("ts", ColumnType.TIMESTAMP, false, false),
                new SegmentColumn("ok", ColumnType.BOOL, false, false),
                new SegmentColumn("n", ColumnType.INT32, false, false));
        var numeric = Rows.write(
                disk,
                new SegmentSpec("arc-20261123-003", "segments", Rows.TABLE, numbers, 0, -1),
                new Random(8)
                        .longs(20_000)
                        .mapToObj(n -> new @Nullable Object[] {n & 0xFFFFFF, n & 1, n % 9 == 0 ? null : n & 0xFF})
                        .toList());
        for (var written : List.of(meta, numeric)) {
            var file = Files.readAllBytes(folder.resolve(written.file()));
            try (var segment = Segment.open(disk, written, new SegmentCache(Rows.BUDGET, 0))) {
                for (int i = 0; i < segment.blocks().count(); i++) {
                    var block = segment.blocks().block(i);
                    int at = (int) (SegmentLayout.ROWS_OFFSET + block.offset());
                    checkAlignment(file, at, block.metadataLength(), (int) block.bodyLength());
                }
            }
        }
    }

    private static void checkAlignment(byte[] file, int at, int metadataLength, int bodyLength) {
        assertThat(at % 64).isZero();
        assertThat((at + metadataLength) % 64).isZero();
        assertThat(bodyLength % 64).isZero();
        var message = ByteBuffer.wrap(file, at + 8, metadataLength - 8).slice().order(ByteOrder.LITTLE_ENDIAN);
        var batch = (RecordBatch)
                Objects.requireNonNull(Message.getRootAsMessage(message).header(new RecordBatch()));
        boolean compressed = batch.compression() != null;
        var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int raw = 0;
        for (int b = 0; b < batch.buffersLength(); b++) {
            int start = (int) (at + metadataLength + batch.buffers(b).offset());
            if (batch.buffers(b).length() > 0) {
                boolean rawInCompressed = compressed && bytes.getLong(start) == -1;
                boolean isRaw = !compressed || rawInCompressed;
                assertThat((start + (rawInCompressed ? 8 : 0)) % (isRaw ? 64 : 8))
                        .as("buffer %d", b)
                        .isZero();
                raw += isRaw ? 1 : 0;
            }
        }
        assertThat(raw).as("numbers are raw").isPositive();
    }

    @Test
    void textBatchesStayUnder128KiB() throws Exception {
        var disk = new LocalDisk(folder);
        var meta = Rows.write(
                disk,
                Rows.lines("arc-20261123-004"),
                new Random(9)
                        .ints(20_000, 20, 300)
                        .<@Nullable Object[]>mapToObj(n -> Rows.line(n, "word ".repeat(n / 5)))
                        .toList());
        try (var segment = Segment.open(disk, meta, new SegmentCache(Rows.BUDGET, 0))) {
            for (int i = 0; i < segment.blocks().count() - 1; i++) {
                var cursor = segment.cursor();
                long text = 0;
                for (long row = segment.blocks().firstRow(i);
                        row < segment.blocks().endRow(i);
                        row++) {
                    cursor.seek(row);
                    text += cursor.length(1);
                }
                assertThat(text).isBetween(120L << 10, 128L << 10);
            }
        }
    }

    private byte[] rowsMember(SegmentMeta meta) throws Exception {
        var file = Files.readAllBytes(folder.resolve(meta.file()));
        var size = new String(file, 124, 11, UTF_8);
        return Arrays.copyOfRange(file, 512, 512 + Integer.parseInt(size, 8));
    }

    private static int compare(VectorSchemaRoot root, List<@Nullable Object[]> rows, int first) {
        for (int i = 0; i < root.getRowCount(); i++) {
            var wanted = rows.get(first + i);
            for (int column = 0; column < wanted.length; column++) {
                var got = value(root.getVector(column), i);
                if (!Objects.deepEquals(got, wanted[column])) {
                    assertThat(got).as("row %d column %d", first + i, column).isEqualTo(wanted[column]);
                }
            }
        }
        return first + root.getRowCount();
    }

    private static @Nullable Object value(FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return null;
        }
        return switch (vector) {
            case TimeStampMilliTZVector times -> times.get(row);
            case BigIntVector numbers -> numbers.get(row);
            case IntVector numbers -> (long) numbers.get(row);
            case Float8Vector numbers -> numbers.get(row);
            case Float4Vector numbers -> (double) numbers.get(row);
            case BitVector bits -> (long) bits.get(row);
            case VarCharVector texts -> texts.get(row);
            case VarBinaryVector bytes -> bytes.get(row);
            default -> throw new AssertionError(vector.getClass());
        };
    }
}
