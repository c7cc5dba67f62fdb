package sherd.server;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** Times and durations as people write them: RFC 3339, epoch milliseconds, {@code now-1h}; {@code 90s}, {@code 7d}. */
public final class TimeText {
    private static final long FIRST = Instant.parse("0000-01-01T00:00:00Z").toEpochMilli();
    private static final long LAST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,19}");
    private static final Pattern RELATIVE = Pattern.compile("now(?:([+-])(.+))?");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,15})(ms|s|m|h|d)");
    private static final Pattern RFC3339 =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})");
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private TimeText() {}

    /** Whether RFC 3339 has a text for it: its years have four digits. */
    public static boolean writable(long epochMillis) {
        return epochMillis >= FIRST && epochMillis <= LAST;
    }

    /** In UTC, always with milliseconds. */
    public static String format(long epochMillis) {
        return MILLIS.format(Instant.ofEpochMilli(epochMillis));
    }

    public static long parse(String what, String text, long now) {
        try {
            if (INTEGER.matcher(text).matches()) {
                return Long.parseLong(text);
            }
            var relative = RELATIVE.matcher(text);
            if (relative.matches()) {
                if (relative.group(1) == null) {
                    return now;
                }
                long distance = duration(what, relative.group(2));
                return relative.group(1).equals("-") ? now - distance : now + distance;
            }
            if (RFC3339.matcher(text).matches()) {
                var normal = text.replace(' ', 'T').replace('t', 'T').replace('z', 'Z');
                return OffsetDateTime.parse(normal).toInstant().toEpochMilli();
            }
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw notATime(what, text);
        }
        throw notATime(what, text);
    }

    /** Milliseconds of {@code 500ms}, {@code 90s}, {@code 5m}, {@code 1h}, {@code 7d} or {@code 0}. */
    public static long duration(String what, String text) {
        if (text.equals("0")) {
            return 0;
        }
        var match = DURATION.matcher(text);
        if (!match.matches()) {
            throw notADuration(what, text);
        }
        long unit = switch (match.group(2)) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
        };
        try {
            return Math.multiplyExact(Long.parseLong(match.group(1)), unit);
        } catch (ArithmeticException e) {
            throw notADuration(what, text);
        }
    }

    public static String formatDuration(long millis) {
        if (millis == 0) {
            return "0";
        }
        if (millis % 86_400_000 == 0) {
            return millis / 86_400_000 + "d";
        }
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    private static StoreException notATime(String what, String text) {
        return new StoreException(
                ErrorCode.INVALID_ARGUMENT,
                "not a time: " + what + "='" + text
                        + "'; write RFC 3339 (2026-01-31T12:00:00Z), epoch milliseconds, or now-1h");
    }

    private static StoreException notADuration(String what, String text) {
        return new StoreException(
                ErrorCode.INVALID_ARGUMENT,
                "not a duration: " + what + "='" + text + "'; write a number with ms, s, m, h or d, for example 90s");
    }
}
