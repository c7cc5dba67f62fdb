package sherd.engine.archive.index;

import sherd.engine.archive.file.ByteSource;

/** Reads what {@link PackedGaps} wrote, after its first number. */
final class PackedReader {
    private final ByteSource source;
    private final int low;
    private long bits;
    private int held;

    /** @param low the list's {@code k} */
    PackedReader(ByteSource source, int low) {
        this.source = source;
        this.low = low;
    }

    /** The next distance, or 0 at the end; negative if it is none. */
    long next() {
        fill();
        int zeros = Long.numberOfLeadingZeros(bits);
        if (bits == 0) {
            return held < Byte.SIZE ? 0 : -1;
        }
        take(zeros);
        fill();
        int length = zeros + 1 + low;
        if (zeros + low > PackedGaps.MAX_BITS || length > held) {
            return -1;
        }
        return take(length) - (1L << low) + 1;
    }

    private long take(int length) {
        long taken = length == 0 ? 0 : bits >>> (Long.SIZE - length);
        bits <<= length;
        held -= length;
        return taken;
    }

    private void fill() {
        while (held <= Long.SIZE - Byte.SIZE && source.remaining() > 0) {
            held += Byte.SIZE;
            bits |= (long) source.getByte() << (Long.SIZE - held);
        }
    }
}
