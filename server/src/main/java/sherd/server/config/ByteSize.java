package sherd.server.config;

import java.util.List;
import java.util.regex.Pattern;

/** A number of bytes, written with a binary unit: {@code 64KiB}, {@code 256MiB}, {@code 1GiB}; or as plain bytes. */
public record ByteSize(long bytes) {
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,18})(B|KiB|MiB|GiB|TiB)?");

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("must not be negative");
        }
    }

    static ByteSize ofMiB(long count) {
        return new ByteSize(Math.multiplyExact(count, 1L << 20));
    }

    static ByteSize ofGiB(long count) {
        return new ByteSize(Math.multiplyExact(count, 1L << 30));
    }

    /** @throws IllegalArgumentException saying what it must be */
    static ByteSize parse(String text) {
        var found = SHAPE.matcher(text);
        if (!found.matches()) {
            throw new IllegalArgumentException("must be a size such as \"64KiB\", \"256MiB\" or \"1GiB\"");
        }
        var unit = found.group(2);
        long unitBytes = unit == null ? 1 : 1L << (10 * UNITS.indexOf(unit));
        try {
            return new ByteSize(Math.multiplyExact(Long.parseLong(found.group(1)), unitBytes));
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("must be below 8388608TiB", tooLarge);
        }
    }

    /** In the largest unit that divides it. */
    @Override
    public String toString() {
        int unit = bytes == 0 ? 0 : Math.min(UNITS.size() - 1, Long.numberOfTrailingZeros(bytes) / 10);
        return (bytes >> (10 * unit)) + UNITS.get(unit);
    }
}
