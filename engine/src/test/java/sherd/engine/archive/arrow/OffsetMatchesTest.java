package sherd.engine.archive.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

final class OffsetMatchesTest {
    private static final int ROWS = 8192;
    private static final int BYTES = 124 << 10;

    private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);
    private final Random random = new Random(1);

    @Test
    void whatItTellsOpensToTheSameOffsets() {
        for (int most : new int[] {0, 1, 5, 30, 200, 255, 256, 400, 3000, 70_000}) {
            for (int round = 0; round < 20; round++) {
                var offsets = offsets(row -> random.nextInt(most + 1), 1 + random.nextInt(2 * ROWS));
                assertThat(Zstd.decompress(told(offsets), offsets.length))
                        .as("values of up to %d bytes", most)
                        .isEqualTo(offsets);
            }
        }
    }

    /** Of any bytes, not only of offsets. */
    @Test
    void matchesRepeatWhatIsFourBytesBefore() {
        for (int round = 0; round < 2000; round++) {
            var bytes = new byte[random.nextInt(200)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.nextInt(2);
            }
            assertThat(rebuilt(bytes)).isEqualTo(bytes);
        }
    }

    @Test
    void offsetsOfShortAndOfUsualValuesAreAsSmallAsZstandardMakesThem() {
        int[] kinds = {90, 120, 60, 33};
        assertNoLarger(row -> 60 + random.nextInt(120), 1.01);
        assertNoLarger(row -> kinds[row & 3], 1.01);
        assertNoLarger(row -> random.nextInt(20) == 0 ? 20 : 0, 1.01);
        assertNoLarger(row -> random.nextInt(3000), 1.01);
        // The levels of Zstandard look for no three bytes in so many.
        assertNoLarger(row -> 16, 0.4);
        assertNoLarger(row -> random.nextInt(30), 0.5);
    }

    @Test
    void withoutRoomForAllItTellsNothing() {
        try (var region = new Region(budget, MemoryBudget.Purpose.COLUMNS, 64)) {
            assertThat(OffsetMatches.find(region.address(), 16, region.address() + 32, 4))
                    .isEqualTo(OffsetMatches.FAILED);
        }
    }

    private void assertNoLarger(IntUnaryOperator lengths, double share) {
        var offsets = offsets(lengths, ROWS);
        try (var alone = new ZstdCompressCtx()) {
            alone.setLevel(Compression.OFFSET_LEVEL);
            assertThat((double) told(offsets).length).isLessThanOrEqualTo(share * alone.compress(offsets).length);
        }
    }

    /** Offsets of a batch: so many rows, or fewer if they have more bytes. */
    private static byte[] offsets(IntUnaryOperator lengths, int rows) {
        var offsets = ByteBuffer.allocate((rows + 1) * 4).order(ByteOrder.LITTLE_ENDIAN);
        offsets.putInt(0);
        int end = 0;
        for (int row = 0; row < rows && end < BYTES; row++) {
            end += lengths.applyAsInt(row);
            offsets.putInt(end);
        }
        return Arrays.copyOf(offsets.array(), offsets.position());
    }

    private static byte[] told(byte[] offsets) {
        var source = ByteBuffer.allocateDirect(offsets.length).put(offsets).flip();
        var target = ByteBuffer.allocateDirect((int) Zstd.compressBound(offsets.length));
        try (var zstd = ArrowWriter.offsetCompressor()) {
            // The fallback would hide what was told wrong.
            int length = zstd.setSequenceProducerFallback(false)
                    .compressDirectByteBuffer(target, 0, target.capacity(), source, 0, source.remaining());
            var frame = new byte[length];
            target.get(frame);
            return frame;
        }
    }

    private byte[] rebuilt(byte[] bytes) {
        int most = bytes.length / 4 + 2;
        try (var region =
                new Region(budget, MemoryBudget.Purpose.COLUMNS, 256L + (long) most * OffsetMatches.SEQUENCE_BYTES)) {
            OffHeap.copy(bytes, 0, region.address(), bytes.length);
            long sequences = region.address() + 256;
            long count = OffsetMatches.find(region.address(), bytes.length, sequences, most);
            assertThat(count).isBetween(1L, (long) most);
            var made = new byte[bytes.length];
            int at = 0;
            for (int i = 0; i < count; i++) {
                long sequence = sequences + (long) i * OffsetMatches.SEQUENCE_BYTES;
                int before = OffHeap.getInt(sequence + 4);
                System.arraycopy(bytes, at, made, at, before);
                at += before;
                boolean last = i == count - 1;
                int length = OffHeap.getInt(sequence + 8);
                assertThat(OffHeap.getInt(sequence)).isEqualTo(last ? 0 : 4);
                assertThat(length).matches(bytesOf -> last ? bytesOf == 0 : bytesOf >= 3);
                for (int end = at + length; at < end; at++) {
                    made[at] = made[at - 4];
                }
            }
            assertThat(at).isEqualTo(bytes.length);
            return made;
        }
    }
}
