package sherd.engine.archive.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.error.ErrorCode;

final class PackedGapsTest {
    private static final long SEED = Long.getLong("sherd.seed", System.nanoTime());

    private final Random random = new Random(SEED);
    private final PackedGaps packed = new PackedGaps();

    private int[] numbers(int bits) {
        var numbers = new int[PackedGaps.LEAST + random.nextInt(300)];
        int at = random.nextInt(1 << bits);
        int count = 0;
        while (count < numbers.length && at >= 0) {
            numbers[count++] = at;
            int spread = random.nextInt(bits + 1);
            at += 1 + random.nextInt(1 << spread);
        }
        return Arrays.copyOf(numbers, count);
    }

    private static ByteSource source(byte[] bytes) {
        return new ByteSource(bytes, 0, bytes.length, ErrorCode.CORRUPT_SEGMENT, "list");
    }

    private static int[] read(byte[] bytes, int most) {
        var source = source(bytes);
        int low = source.getByte();
        var numbers = new int[most];
        long at = source.getVar();
        numbers[0] = (int) at;
        int count = 1;
        var gaps = new PackedReader(source, low);
        for (long gap = gaps.next(); gap > 0; gap = gaps.next()) {
            at += gap;
            numbers[count++] = (int) at;
        }
        return Arrays.copyOf(numbers, count);
    }

    @Test
    void numbersComeBackAsTheyWere() {
        System.out.println("seed=" + SEED);
        for (int i = 0; i < 5000; i++) {
            var numbers = numbers(i % 31);
            var bytes = packed.encode(numbers, numbers.length).toArray();
            assertThat(read(bytes, numbers.length + 1)).isEqualTo(numbers);
        }
        var widest = new int[] {0, 1, Integer.MAX_VALUE - 1, Integer.MAX_VALUE};
        assertThat(read(packed.encode(widest, 4).toArray(), 5)).isEqualTo(widest);
    }

    @Test
    void distancesThatDifferLittleTakeHardlyMoreThanTheirBits() {
        var numbers = new int[100];
        for (int i = 1; i < numbers.length; i++) {
            numbers[i] = numbers[i - 1] + 200 + random.nextInt(100);
        }
        var plain = new ByteSink();
        for (int i = 1; i < numbers.length; i++) {
            plain.putVar(numbers[i] - numbers[i - 1]);
        }
        assertThat(packed.encode(numbers, numbers.length).size()).isLessThan(plain.size() * 3 / 4);
    }

    @Test
    void bytesThatNobodyWroteEndOrAreRefused() {
        for (int i = 0; i < 20_000; i++) {
            var bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                Arrays.fill(bytes, random.nextInt(bytes.length + 1), bytes.length, (byte) 0);
            }
            var gaps = new PackedReader(source(bytes), random.nextInt(PackedGaps.MAX_BITS + 1));
            int count = 0;
            while (gaps.next() > 0) {
                count++;
            }
            assertThat(count).isLessThanOrEqualTo(bytes.length * Byte.SIZE);
        }
        var zeros = new PackedReader(source(new byte[2]), 0);
        assertThat(zeros.next()).as("more zeros than fill a byte").isNegative();
    }
}
