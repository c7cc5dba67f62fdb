package sherd.engine.archive.index;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * A binary fuse filter with fingerprints of 8 or 16 bits: 9 or 18 bits a key, says "maybe" to one in 256 or in 65,536 keys
 * that are not there.
 *
 * <p>Readers ask it without a lock while its segment may be closed. So its fingerprints, which are outside the heap since
 * they grow with the data, go when nobody can ask any more: the collector tells.
 *
 * @see <a href="https://doi.org/10.1145/3510449">Graf and Lemire, Binary Fuse Filters, 2022</a>
 */
final class KeyFilter {
    /** Bytes of a fingerprint. */
    static final int NARROW = 1;

    static final int WIDE = 2;

    private final Shape shape;
    private final MemorySegment fingerprints;

    private KeyFilter(Shape shape, MemorySegment fingerprints) {
        this.shape = shape;
        this.fingerprints = fingerprints;
    }

    /** Where the fingerprints of a hash are: three places in neighbouring runs. */
    record Shape(long seed, int segmentLength, int segments) {
        private static final int MAX_SEGMENT = 1 << 18;

        private static Shape of(int count, long seed) {
            int length = count < 2 ? 4 : 1 << (int) Math.floor(Math.log(count) / Math.log(3.33) + 2.25);
            length = Math.min(length, MAX_SEGMENT);
            double factor = count < 2 ? 2 : Math.max(1.125, 0.875 + 0.25 * Math.log(1e6) / Math.log(count));
            int capacity = (int) Math.round(count * factor);
            return new Shape(seed, length, Math.max(1, (capacity + length - 1) / length - 2));
        }

        private int size() {
            return (segments + 2) * segmentLength;
        }

        /** Of a filter whose fingerprints take so many bytes. */
        static Shape read(ByteSource header, long bytes, int width) {
            var shape = new Shape(header.getLong(), header.getInt(), header.getInt());
            if (shape.segmentLength <= 0
                    || shape.segments <= 0
                    || Integer.bitCount(shape.segmentLength) != 1
                    || (shape.segments + 2L) * shape.segmentLength * width != bytes) {
                throw header.corrupt("a filter of impossible size");
            }
            return shape;
        }

        long mixed(long hash) {
            return mix(hash + seed);
        }

        int place(long mixed, int which) {
            int first = (int) Math.unsignedMultiplyHigh(mixed, (long) segments * segmentLength);
            int mask = segmentLength - 1;
            return switch (which) {
                case 0 -> first;
                case 1 -> (first + segmentLength) ^ ((int) (mixed >>> 18) & mask);
                default -> (first + 2 * segmentLength) ^ ((int) mixed & mask);
            };
        }
    }

    /**
     * Writes the filter of hashes of which no two are equal.
     *
     * @param hashes where the first is, the next {@code stride} bytes on
     * @param width {@link #NARROW} or {@link #WIDE}
     */
    static void write(long hashes, int stride, int count, int width, FileAppender out, MemoryBudget budget) {
        try (var builder = new Builder(hashes, stride, count, width, budget)) {
            builder.write(out);
        }
    }

    static KeyFilter read(ByteSource source) {
        var shape = Shape.read(source, source.remaining() - KeyLayout.FILTER_HEADER, NARROW);
        var read = new byte[source.remaining()];
        source.getBytes(read, 0, read.length);
        return new KeyFilter(shape, OffHeap.collected(read));
    }

    boolean mayContain(long hash) {
        long mixed = shape.mixed(hash);
        return (byte) (fingerprint(mixed) ^ at(mixed, 0) ^ at(mixed, 1) ^ at(mixed, 2)) == 0;
    }

    private byte at(long mixed, int which) {
        return fingerprints.get(JAVA_BYTE, shape.place(mixed, which));
    }

    static int fingerprint(long mixed) {
        return (int) (mixed ^ mixed >>> 32);
    }

    private static long mix(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 32) * 0xD1B54A32D192ED03L;
        mixed = (mixed ^ mixed >>> 29) * 0xA0761D6478BD642FL;
        return mixed ^ mixed >>> 32;
    }

    /**
     * Makes one, in native memory.
     *
     * <pre>
     * per place:  how many hashes have it (int) | these xored (long) | the stack of places that one hash alone has (int)
     * per hash:   the order in which they were taken off: mixed hash (long) | its own place (int)
     * per place:  the fingerprint (one byte or two)
     * </pre>
     */
    private static final class Builder implements AutoCloseable {
        private static final int MAX_TRIES = 100;

        private final long hashes;
        private final int stride;
        private final int count;
        private final int width;
        private final Region memory;
        private final long holders;
        private final long sums;
        private final long alone;
        private final long order;
        private final long own;
        private final long fingerprints;

        private Builder(long hashes, int stride, int count, int width, MemoryBudget budget) {
            this.hashes = hashes;
            this.stride = stride;
            this.count = count;
            this.width = width;
            long size = Shape.of(count, 0).size();
            memory = new Region(budget, MemoryBudget.Purpose.INDEX, size * (16 + width) + count * 12L);
            holders = memory.address();
            sums = holders + size * 4;
            alone = sums + size * 8;
            order = alone + size * 4;
            own = order + count * 8L;
            fingerprints = own + count * 4L;
        }

        private void write(FileAppender out) {
            for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
                // Any fixed sequence of seeds will do; a file must not depend on chance.
                var shape = Shape.of(count, mix(attempt + 1L));
                if (fill(shape)) {
                    OffHeap.putLong(holders, shape.seed);
                    OffHeap.putInt(holders + 8, shape.segmentLength);
                    OffHeap.putInt(holders + 12, shape.segments);
                    out.put(holders, KeyLayout.FILTER_HEADER);
                    out.put(fingerprints, (long) shape.size() * width);
                    return;
                }
            }
            throw new IllegalStateException("no key filter found: keys=" + count);
        }

        /** Peels places that one key alone holds, then gives out fingerprints in the reverse order. */
        private boolean fill(Shape shape) {
            int size = shape.size();
            OffHeap.fill(holders, size * 12L, (byte) 0);
            OffHeap.fill(fingerprints, (long) size * width, (byte) 0);
            for (int i = 0; i < count; i++) {
                long mixed = mix(OffHeap.getLong(hashes + (long) i * stride) + shape.seed);
                for (int k = 0; k < 3; k++) {
                    hold(shape.place(mixed, k), mixed, 1);
                }
            }
            if (peel(shape) != count) {
                return false;
            }
            for (int i = count - 1; i >= 0; i--) {
                long mixed = OffHeap.getLong(order + i * 8L);
                int value = fingerprint(mixed);
                for (int k = 0; k < 3; k++) {
                    value ^= get(shape.place(mixed, k));
                }
                put(OffHeap.getInt(own + i * 4L), value);
            }
            return true;
        }

        private int get(int place) {
            return width == NARROW
                    ? OffHeap.getByte(fingerprints + place)
                    : OffHeap.getUnsignedShort(fingerprints + 2L * place);
        }

        private void put(int place, int value) {
            if (width == NARROW) {
                OffHeap.putByte(fingerprints + place, (byte) value);
            } else {
                OffHeap.putShort(fingerprints + 2L * place, (short) value);
            }
        }

        private int peel(Shape shape) {
            int waiting = 0;
            for (int i = 0; i < shape.size(); i++) {
                if (OffHeap.getInt(holders + i * 4L) == 1) {
                    OffHeap.putInt(alone + waiting++ * 4L, i);
                }
            }
            int done = 0;
            while (waiting > 0) {
                int at = OffHeap.getInt(alone + --waiting * 4L);
                if (OffHeap.getInt(holders + at * 4L) != 1) {
                    continue;
                }
                long mixed = OffHeap.getLong(sums + at * 8L);
                OffHeap.putLong(order + done * 8L, mixed);
                OffHeap.putInt(own + done++ * 4L, at);
                for (int k = 0; k < 3; k++) {
                    int place = shape.place(mixed, k);
                    if (hold(place, mixed, -1) == 1) {
                        OffHeap.putInt(alone + waiting++ * 4L, place);
                    }
                }
            }
            return done;
        }

        /** Adds a hash to a place or takes it off; returns how many have it then. */
        private int hold(int place, long mixed, int change) {
            long sum = sums + place * 8L;
            OffHeap.putLong(sum, OffHeap.getLong(sum) ^ mixed);
            int held = OffHeap.getInt(holders + place * 4L) + change;
            OffHeap.putInt(holders + place * 4L, held);
            return held;
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
