package sherd.server.parquet;

import sherd.engine.archive.file.ByteSink;

/**
 * Small numbers as Parquet's hybrid of runs and packed bits has them: here always one run, either of one value or of
 * packed groups of eight.
 */
final class BitRun {
    private BitRun() {}

    /** Bits that the numbers up to this one take. */
    static int width(int greatest) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(greatest);
    }

    static void write(ByteSink out, int[] numbers, int count, int width) {
        if (isOneValue(numbers, count)) {
            out.putVar((long) count << 1);
            for (int byteOf = 0; byteOf < width; byteOf += Byte.SIZE) {
                out.putByte(numbers[0] >>> byteOf);
            }
            return;
        }
        int groups = (count + 7) / 8;
        out.putVar((long) groups << 1 | 1);
        pack(out, numbers, count, width);
    }

    /** The numbers alone, lowest bit first, filled up to a multiple of eight. */
    static void pack(ByteSink out, int[] numbers, int count, int width) {
        long pending = 0;
        int bits = 0;
        for (int i = 0; i < (count + 7) / 8 * 8; i++) {
            pending |= (i < count ? (long) numbers[i] : 0) << bits;
            bits += width;
            while (bits >= Byte.SIZE) {
                out.putByte((int) pending);
                pending >>>= Byte.SIZE;
                bits -= Byte.SIZE;
            }
        }
    }

    private static boolean isOneValue(int[] numbers, int count) {
        for (int i = 1; i < count; i++) {
            if (numbers[i] != numbers[0]) {
                return false;
            }
        }
        return count > 0;
    }
}
