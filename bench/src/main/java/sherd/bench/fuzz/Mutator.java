package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.SplittableRandom;

/** Makes inputs out of seeds: bits turned, numbers at their limits, pieces cut, doubled and joined, known words. */
final class Mutator {
    private static final int MOST_STEPS = 6;
    private static final int LONGEST_PIECE = 64;
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        7,
        8,
        16,
        32,
        63,
        64,
        127,
        128,
        255,
        256,
        511,
        512,
        1024,
        4095,
        4096,
        32767,
        32768,
        65535,
        65536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };

    private final List<byte[]> seeds;
    private final List<byte[]> words;
    private final SplittableRandom random;
    private byte[] work;
    private int length;

    Mutator(List<byte[]> seeds, List<String> words, long seed) {
        this.seeds = List.copyOf(seeds);
        this.words = words.stream().map(word -> word.getBytes(ISO_8859_1)).toList();
        random = new SplittableRandom(seed);
        int longest = seeds.stream().mapToInt(one -> one.length).max().orElse(0);
        work = new byte[longest * 2 + MOST_STEPS * (LONGEST_PIECE + 256)];
    }

    byte[] next() {
        var seed = seeds.get(random.nextInt(seeds.size()));
        length = seed.length;
        System.arraycopy(seed, 0, work, 0, length);
        // One input in a hundred is the seed itself.
        for (int steps = random.nextInt(100) == 0 ? 0 : 1 + random.nextInt(MOST_STEPS); steps > 0; steps--) {
            step();
        }
        var input = new byte[length];
        System.arraycopy(work, 0, input, 0, length);
        return input;
    }

    private void step() {
        if (length == 0) {
            insert(0, new byte[] {(byte) random.nextInt(256)}, 0, 1);
            return;
        }
        int at = random.nextInt(length);
        switch (random.nextInt(10)) {
            case 0 -> work[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> work[at] = (byte) random.nextInt(256);
            case 2 -> work[at] = (byte) NUMBERS[random.nextInt(NUMBERS.length)];
            case 3 -> delete(at, 1 + random.nextInt(Math.min(LONGEST_PIECE, length - at)));
            case 4 -> insert(random.nextInt(length + 1), work.clone(), at, Math.min(piece(), length - at));
            case 5 -> number(at);
            case 6 -> digits(at);
            case 7 -> join();
            default -> word(at);
        }
    }

    private int piece() {
        return 1 + random.nextInt(random.nextInt(8) == 0 ? LONGEST_PIECE : 8);
    }

    private void delete(int at, int count) {
        System.arraycopy(work, at + count, work, at, length - at - count);
        length -= count;
    }

    private void insert(int at, byte[] from, int start, int count) {
        int room = Math.min(count, work.length - length);
        System.arraycopy(work, at, work, at + room, length - at);
        System.arraycopy(from, start, work, at, room);
        length += room;
    }

    /** A little-endian number of some width, or the one there moved by a little. */
    private void number(int at) {
        int width = Math.min(1 << random.nextInt(4), length - at);
        long value = NUMBERS[random.nextInt(NUMBERS.length)];
        if (random.nextBoolean()) {
            value = random.nextLong(17) - 8;
            for (int i = 0; i < width; i++) {
                value += (work[at + i] & 0xFFL) << (8 * i);
            }
        }
        for (int i = 0; i < width; i++) {
            work[at + i] = (byte) (value >>> (8 * i));
        }
    }

    /** Another decimal number in the place of the next one. */
    private void digits(int from) {
        int at = from;
        while (at < length && (work[at] < '0' || work[at] > '9')) {
            at++;
        }
        int end = at;
        while (end < length && work[end] >= '0' && work[end] <= '9') {
            end++;
        }
        if (at < end) {
            delete(at, end - at);
            var number = Long.toString(NUMBERS[random.nextInt(NUMBERS.length)]).getBytes(ISO_8859_1);
            insert(at, number, 0, number.length);
        }
    }

    private void join() {
        var other = seeds.get(random.nextInt(seeds.size()));
        if (other.length > 0) {
            int start = random.nextInt(other.length);
            int count = Math.min(other.length - start, random.nextInt(4) == 0 ? other.length : LONGEST_PIECE);
            insert(random.nextInt(length + 1), other, start, count);
        }
    }

    private void word(int at) {
        if (words.isEmpty()) {
            work[at] = (byte) random.nextInt(256);
            return;
        }
        var word = words.get(random.nextInt(words.size()));
        if (random.nextBoolean()) {
            delete(at, Math.min(word.length, length - at));
        }
        insert(at, word, 0, word.length);
    }
}
