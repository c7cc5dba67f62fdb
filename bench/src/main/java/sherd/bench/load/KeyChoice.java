package sherd.bench.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Which of the keys a command is about. */
public sealed interface KeyChoice {
    /** Key numbers from 0 to {@code keys} - 1. */
    LongSupplier over(long keys, SplittableRandom random);

    /** Each as often as any other. */
    record Uniform() implements KeyChoice {
        @Override
        public LongSupplier over(long keys, SplittableRandom random) {
            return () -> random.nextLong(keys);
        }

        @Override
        public String toString() {
            return "uniform";
        }
    }

    /**
     * By Zipf's law, the popular ones strewn over the whole range, as names of users or goods would be. A million are
     * drawn beforehand, and come again after that: drawing costs the load tool more than sending.
     */
    record Zipfian(double exponent) implements KeyChoice {
        private static final long STRIDE = 0x9E37_79B1L; // a prime
        private static final int DRAWN = 1 << 20;

        @Override
        public LongSupplier over(long keys, SplittableRandom random) {
            if (keys >= STRIDE) {
                throw new IllegalArgumentException("fewer than " + STRIDE + " keys, please: keys=" + keys);
            }
            var ranks = new Zipf(keys, exponent, random);
            long stride = STRIDE % keys; // no common divisor, so each rank has a key of its own
            var drawn = new long[DRAWN];
            Arrays.setAll(drawn, i -> (ranks.next() - 1) * stride % keys);
            var next = new int[1];
            return () -> drawn[next[0]++ & DRAWN - 1];
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "zipf:%s", exponent);
        }
    }

    /** From {@code uniform} or {@code zipf:EXPONENT}. */
    final class Converter implements ITypeConverter<KeyChoice> {
        private static final Pattern ZIPF = Pattern.compile("zipf:(\\d(\\.\\d+)?)");

        @Override
        public KeyChoice convert(String text) {
            if (text.equals("uniform")) {
                return new Uniform();
            }
            var zipf = ZIPF.matcher(text);
            if (zipf.matches() && Double.parseDouble(zipf.group(1)) > 0) {
                return new Zipfian(Double.parseDouble(zipf.group(1)));
            }
            throw new TypeConversionException(
                    "neither uniform nor zipf:EXPONENT with an exponent above 0 and below 10: '" + text + "'");
        }
    }
}
