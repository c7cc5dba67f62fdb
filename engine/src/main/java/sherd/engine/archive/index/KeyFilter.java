package sherd.engine.archive.index;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.ByteSource;

/**
 * A binary fuse filter with 8-bit fingerprints: 9 bits a key, says "maybe" to one in 256 keys that are not there.
 *
 * @see <a href="https://doi.org/10.1145/3510449">Graf and Lemire, Binary Fuse Filters, 2022</a>
 */
final class KeyFilter {
    private static final int MAX_SEGMENT = 1 << 18;
    private static final int MAX_TRIES = 100;

    private final long seed;
    private final int segmentLength;
    private final int segments;
    private final byte[] fingerprints;

    private KeyFilter(long seed, int segmentLength, int segments, byte[] fingerprints) {
        this.seed = seed;
        this.segmentLength = segmentLength;
        this.segments = segments;
        this.fingerprints = fingerprints;
    }

    /** Of hashes of which no two are equal. */
    static KeyFilter of(long[] hashes, int count) {
        int length = count < 2 ? 4 : 1 << (int) Math.floor(Math.log(count) / Math.log(3.33) + 2.25);
        length = Math.min(length, MAX_SEGMENT);
        double factor = count < 2 ? 2 : Math.max(1.125, 0.875 + 0.25 * Math.log(1e6) / Math.log(count));
        int capacity = (int) Math.round(count * factor);
        int segments = Math.max(1, (capacity + length - 1) / length - 2);
        for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
            // Any fixed sequence of seeds will do; a file must not depend on chance.
            long seed = mix(attempt + 1L);
            var filter = new KeyFilter(seed, length, segments, new byte[(segments + 2) * length]);
            if (filter.fill(hashes, count)) {
                return filter;
            }
        }
        throw new IllegalStateException("no key filter found: keys=" + count);
    }

    static KeyFilter read(ByteSource source) {
        long seed = source.getLong();
        int segmentLength = source.getInt();
        int segments = source.getInt();
        if (segmentLength <= 0
                || segments <= 0
                || Integer.bitCount(segmentLength) != 1
                || (segments + 2L) * segmentLength != source.remaining()) {
            throw source.corrupt("a key filter of impossible size");
        }
        var fingerprints = new byte[source.remaining()];
        source.getBytes(fingerprints, 0, fingerprints.length);
        return new KeyFilter(seed, segmentLength, segments, fingerprints);
    }

    void write(ByteSink sink) {
        sink.putLong(seed);
        sink.putInt(segmentLength);
        sink.putInt(segments);
        sink.putBytes(fingerprints, 0, fingerprints.length);
    }

    boolean mayContain(long hash) {
        long mixed = mix(hash + seed);
        return (fingerprint(mixed)
                        ^ fingerprints[place(mixed, 0)]
                        ^ fingerprints[place(mixed, 1)]
                        ^ fingerprints[place(mixed, 2)])
                == 0;
    }

    /** Peels places that one key alone holds, then gives out fingerprints in the reverse order. */
    private boolean fill(long[] hashes, int count) {
        int size = fingerprints.length;
        var holders = new int[size];
        var sums = new long[size];
        for (int i = 0; i < count; i++) {
            long mixed = mix(hashes[i] + seed);
            for (int k = 0; k < 3; k++) {
                holders[place(mixed, k)]++;
                sums[place(mixed, k)] ^= mixed;
            }
        }
        var alone = new int[size];
        int waiting = 0;
        for (int i = 0; i < size; i++) {
            if (holders[i] == 1) {
                alone[waiting++] = i;
            }
        }
        var order = new long[count];
        var own = new int[count];
        int done = 0;
        while (waiting > 0) {
            int at = alone[--waiting];
            if (holders[at] != 1) {
                continue;
            }
            long mixed = sums[at];
            order[done] = mixed;
            own[done++] = at;
            for (int k = 0; k < 3; k++) {
                int place = place(mixed, k);
                sums[place] ^= mixed;
                if (--holders[place] == 1) {
                    alone[waiting++] = place;
                }
            }
        }
        if (done != count) {
            return false;
        }
        Arrays.fill(fingerprints, (byte) 0);
        for (int i = count - 1; i >= 0; i--) {
            byte value = fingerprint(order[i]);
            for (int k = 0; k < 3; k++) {
                value ^= fingerprints[place(order[i], k)];
            }
            fingerprints[own[i]] = value;
        }
        return true;
    }

    private int place(long mixed, int which) {
        int first = (int) Math.unsignedMultiplyHigh(mixed, (long) segments * segmentLength);
        int mask = segmentLength - 1;
        return switch (which) {
            case 0 -> first;
            case 1 -> (first + segmentLength) ^ ((int) (mixed >>> 18) & mask);
            default -> (first + 2 * segmentLength) ^ ((int) mixed & mask);
        };
    }

    private static byte fingerprint(long mixed) {
        return (byte) (mixed ^ mixed >>> 32);
    }

    private static long mix(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 32) * 0xD1B54A32D192ED03L;
        mixed = (mixed ^ mixed >>> 29) * 0xA0761D6478BD642FL;
        return mixed ^ mixed >>> 32;
    }
}
