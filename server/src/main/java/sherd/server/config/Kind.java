package sherd.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A type that a key may have: how it is read from text and written back. Values from a file come with a TOML type, which
 * must be one of {@code accepted}; settings of the command line are always text.
 *
 * @param parse throws IllegalArgumentException whose message says what the value must be
 * @param print the value as a TOML literal
 */
record Kind(Class<?> type, Set<Class<?>> accepted, Function<String, Object> parse, Function<Object, String> print) {
    private static final List<Kind> SIMPLE = List.of(
            new Kind(int.class, Set.of(Long.class), Kind::parseInt, Object::toString),
            new Kind(double.class, Set.of(Double.class, Long.class), Kind::parseDouble, Object::toString),
            text(Path.class, Set.of(String.class), Kind::parsePath, Object::toString),
            text(String.class, Set.of(String.class), given -> given, Object::toString),
            text(LokiPeers.class, Set.of(String.class), LokiPeers::parse, Object::toString),
            text(Secret.class, Set.of(String.class), Secret::parse, Object::toString),
            text(HostPort.class, Set.of(String.class), HostPort::parse, Object::toString),
            text(ByteSize.class, Set.of(String.class, Long.class), ByteSize::parse, Object::toString),
            text(
                    Duration.class,
                    Set.of(String.class, Long.class),
                    DurationText::parse,
                    value -> DurationText.print((Duration) value)));

    static Kind of(Class<?> type) {
        if (type.isEnum()) {
            return text(type, Set.of(String.class), given -> parseEnum(type, given), Kind::printEnum);
        }
        return SIMPLE.stream()
                .filter(kind -> kind.type == type)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no key can have the type " + type.getName()));
    }

    /** A kind that is a string in TOML. */
    private static Kind text(
            Class<?> type, Set<Class<?>> accepted, Function<String, Object> parse, Function<Object, String> print) {
        return new Kind(type, accepted, parse, value -> TomlText.quote(print.apply(value)));
    }

    boolean accepts(Object raw) {
        return accepted.contains(raw.getClass());
    }

    /** What the file should have held instead of a value whose TOML type is not accepted. */
    String expected() {
        if (accepted.contains(String.class)) {
            return "must be a string in quotes";
        }
        return type == int.class ? "must be a whole number" : "must be a number";
    }

    private static Object parseInt(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException notOne) {
            throw new IllegalArgumentException("must be a whole number", notOne);
        }
    }

    private static Object parseDouble(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException notOne) {
            throw new IllegalArgumentException("must be a number", notOne);
        }
    }

    private static Object parsePath(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException notOne) {
            throw new IllegalArgumentException("must be the name of a folder", notOne);
        }
    }

    private static Object parseEnum(Class<?> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> printEnum(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(Arrays.stream(type.getEnumConstants())
                        .map(constant -> TomlText.quote(printEnum(constant)))
                        .collect(Collectors.joining(", ", "must be one of ", ""))));
    }

    private static String printEnum(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }
}
