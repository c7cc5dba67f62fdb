package sherd.server.loki;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.OptionalDouble;
import sherd.server.loki.logql.Units;

/** Times in nanoseconds since 1970, and how they are written. */
final class Nanos {
    static final long SECOND = 1_000_000_000L;
    static final long MILLI = 1_000_000L;

    private static final int LONGEST_SECONDS = 10;

    private Nanos() {}

    /** Nanoseconds, seconds with a fraction or of at most ten digits, or RFC 3339. */
    static long parse(String what, String text) {
        try {
            if (text.matches("-?[0-9]+")) {
                long number = Long.parseLong(text);
                return text.length() <= LONGEST_SECONDS ? Math.multiplyExact(number, SECOND) : number;
            }
            if (text.matches("-?[0-9]*\\.[0-9]+([eE][-+]?[0-9]+)?|-?[0-9]+(\\.[0-9]*)?[eE][-+]?[0-9]+")) {
                return new java.math.BigDecimal(text)
                        .movePointRight(9)
                        .setScale(0, java.math.RoundingMode.HALF_UP)
                        .longValueExact();
            }
            return of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw LokiException.bad("could not parse '" + what + "' parameter: not a time: '" + text
                    + "'; send nanoseconds or seconds since 1970, or RFC 3339");
        }
    }

    private static long of(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano());
    }

    /** A duration such as {@code 5m}, or seconds. */
    static long duration(String what, String text) {
        OptionalDouble nanos = Units.nanos(text);
        if (nanos.isEmpty() && text.matches("[0-9]+(\\.[0-9]*)?")) {
            nanos = OptionalDouble.of(Math.rint(Double.parseDouble(text) * SECOND));
        }
        if (nanos.isEmpty() || nanos.getAsDouble() > Long.MAX_VALUE / 4.0) {
            throw LokiException.bad("could not parse '" + what + "' parameter: not a duration: '" + text
                    + "'; send seconds, or a number with a unit such as 5m");
        }
        return (long) nanos.getAsDouble();
    }

    /** Of a time in milliseconds and what is beyond; a time that nanoseconds cannot tell is the last they can. */
    static long of(long millis, long nanos) {
        if (Math.abs(millis) > Long.MAX_VALUE / MILLI - 1) {
            return millis < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return millis * MILLI + nanos;
    }

    /** The millisecond that it is in. */
    static long toMillis(long nanos) {
        return Math.floorDiv(nanos, MILLI);
    }

    static long add(long nanos, long more) {
        long sum = nanos + more;
        boolean overflow = ((nanos ^ sum) & (more ^ sum)) < 0;
        return overflow ? (more > 0 ? Long.MAX_VALUE : Long.MIN_VALUE) : sum;
    }
}
