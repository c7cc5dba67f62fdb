package sherd.server.loki.logql;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Numbers with units: durations in seconds, sizes in bytes. */
public final class Units {
    private static final Pattern NUMBER = Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)");
    private static final Pattern PART = Pattern.compile(NUMBER.pattern() + "(ns|us|µs|μs|ms|s|m|h|d|w|y)");
    private static final Pattern SIZE = Pattern.compile(NUMBER.pattern() + "\\s*([kKMGTP]?i?B?)");
    private static final Map<String, Double> SECONDS = Map.ofEntries(
            Map.entry("ns", 1e-9),
            Map.entry("us", 1e-6),
            Map.entry("µs", 1e-6),
            Map.entry("μs", 1e-6),
            Map.entry("ms", 1e-3),
            Map.entry("s", 1.0),
            Map.entry("m", 60.0),
            Map.entry("h", 3600.0),
            Map.entry("d", 86_400.0),
            Map.entry("w", 604_800.0),
            Map.entry("y", 31_536_000.0));

    private Units() {}

    /** Seconds of {@code 1h30m}; empty if it is none. */
    public static OptionalDouble duration(String text) {
        var rest = text.startsWith("-") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return OptionalDouble.of(0);
        }
        var part = PART.matcher(rest);
        double seconds = 0;
        int at = 0;
        while (at < rest.length()) {
            if (!part.find(at) || part.start() != at) {
                return OptionalDouble.empty();
            }
            seconds += Double.parseDouble(part.group(1)) * SECONDS.getOrDefault(part.group(2), 0.0);
            at = part.end();
        }
        if (at == 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(text.startsWith("-") ? -seconds : seconds);
    }

    /** The same in whole nanoseconds, for ranges and steps. */
    public static OptionalDouble nanos(String text) {
        var seconds = duration(text);
        return seconds.isEmpty() ? seconds : OptionalDouble.of(Math.rint(seconds.getAsDouble() * 1e9));
    }

    /** Bytes of {@code 42MB} or {@code 1.5KiB}; empty if it is none. */
    static OptionalDouble bytes(String text) {
        var match = SIZE.matcher(text);
        if (!match.matches()) {
            return OptionalDouble.empty();
        }
        var unit = match.group(2);
        double base = unit.contains("i") ? 1024 : 1000;
        int power = unit.isEmpty() ? 0 : Math.max(0, "BKMGTP".indexOf(Character.toUpperCase(unit.charAt(0))));
        return OptionalDouble.of(Double.parseDouble(match.group(1)) * Math.pow(base, power));
    }

    static OptionalDouble number(String text) {
        try {
            return text.matches("[-+]?[0-9.].*[^dfDF]|[-+]?[0-9]|[-+]?Inf|NaN")
                    ? OptionalDouble.of(Double.parseDouble(text.replace("Inf", "Infinity")))
                    : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }
}
