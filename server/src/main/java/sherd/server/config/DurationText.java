package sherd.server.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 100ms}, {@code 24h}, {@code 7d}, and {@code 0} for none. */
final class DurationText {
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,15})(d|h|ms|m|s)");

    /** Longest first, so that the first which divides a duration is the one to print it in. */
    private enum Unit {
        D(86_400_000),
        H(3_600_000),
        M(60_000),
        S(1_000),
        MS(1);

        private final long millis;

        Unit(long millis) {
            this.millis = millis;
        }
    }

    private DurationText() {}

    /** @throws IllegalArgumentException saying what it must be */
    static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        var found = SHAPE.matcher(text);
        if (!found.matches()) {
            throw new IllegalArgumentException(
                    "must be a duration such as \"100ms\", \"5s\", \"24h\" or \"7d\", or \"0\"");
        }
        var unit = Unit.valueOf(found.group(2).toUpperCase(Locale.ROOT));
        try {
            return Duration.ofMillis(Math.multiplyExact(Long.parseLong(found.group(1)), unit.millis));
        } catch (ArithmeticException tooLong) {
            throw new IllegalArgumentException("must be below 100000000000d", tooLong);
        }
    }

    static String print(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0";
        }
        var unit = Arrays.stream(Unit.values())
                .filter(candidate -> millis % candidate.millis == 0)
                .findFirst()
                .orElse(Unit.MS);
        return millis / unit.millis + unit.name().toLowerCase(Locale.ROOT);
    }
}
