package sherd.server.config;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tomlj.TomlTable;
import sherd.server.config.Given.Value;

/** Makes the records from what was given, by their components: {@code memoryLimit} is the key {@code memory-limit}. */
final class Binder {
    private static final Pattern SECRETS = Pattern.compile("secret|access|password|token");

    private final Given given;
    private final Problems problems;
    /** Every key there is, in order, with the place that gave its value. */
    private final Map<String, String> places = new LinkedHashMap<>();

    Binder(Given given, Problems problems) {
        this.given = given;
        this.problems = problems;
    }

    /** What was not given, or cannot be used, stays as in {@code defaults}; the problems say which. */
    NodeConfig bind(NodeConfig defaults) {
        var components = NodeConfig.class.getRecordComponents();
        var sections = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            sections[i] = section(keyOf(components[i]), (Section) valueOf(components[i], defaults));
        }
        given.rest().forEach(this::reportUnknown);
        return create(NodeConfig.class, sections);
    }

    private Section section(String name, Section defaults) {
        var whole = given.take(name);
        // An empty table is what remains of a section without keys, which says nothing.
        if (whole != null && !(whole.raw() instanceof TomlTable)) {
            problems.add(name + " (" + whole.place() + ") is a section, not a key; give " + name + ".KEY instead");
        }
        var components = defaults.getClass().getRecordComponents();
        var values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            var key = name + "." + keyOf(components[i]);
            values[i] = value(key, components[i].getType(), valueOf(components[i], defaults));
        }
        var section = create(defaults.getClass(), values);
        section.check((fine, key, expected, remedy) -> {
            if (!fine) {
                report(name + "." + key, "must be " + expected, literal(section, key), remedy);
            }
        });
        return section;
    }

    private Object value(String key, Class<?> type, Object byDefault) {
        var kind = Kind.of(type);
        var value = given.take(key);
        places.put(key, value == null ? "by default" : value.place());
        if (value == null) {
            return byDefault;
        }
        String expected = kind.expected();
        if (!value.typed() || kind.accepts(value.raw())) {
            try {
                return kind.parse().apply(value.raw().toString());
            } catch (IllegalArgumentException unusable) {
                expected = Objects.requireNonNullElse(unusable.getMessage(), expected);
            }
        }
        report(
                key,
                expected,
                shown(key, value),
                "the default is " + kind.print().apply(byDefault));
        return byDefault;
    }

    private void report(String key, String expected, String actual, String remedy) {
        problems.add(key + " (" + places.get(key) + ") " + expected + ", not " + actual + "; " + remedy);
    }

    private void reportUnknown(Map.Entry<String, Value> unknown) {
        var key = unknown.getKey();
        if (unknown.getValue().raw() instanceof TomlTable) {
            problems.add(key + " (" + unknown.getValue().place() + ") is no section; there are "
                    + String.join(", ", sections()));
            return;
        }
        var nearest = Nearest.to(key, places.keySet());
        var remedy = nearest.map(near -> "did you mean " + near + "?").orElseGet(() -> "there are " + keysFor(key));
        problems.add(key + " (" + unknown.getValue().place() + ") is no key, its value is "
                + shown(key, unknown.getValue()) + "; " + remedy);
    }

    /** The keys of the section that was meant, or of all when there is no such section. */
    private String keysFor(String key) {
        var section = key.substring(0, key.indexOf('.') + 1);
        var same = places.keySet().stream()
                .filter(known -> !section.isEmpty() && known.startsWith(section))
                .toList();
        return String.join(", ", same.isEmpty() ? List.copyOf(places.keySet()) : same);
    }

    private static List<String> sections() {
        return Arrays.stream(NodeConfig.class.getRecordComponents())
                .map(Binder::keyOf)
                .toList();
    }

    /** Also what was meant for a secret and missed its key. */
    private static String shown(String key, Value value) {
        if (SECRETS.matcher(key).find()) {
            return "hidden";
        }
        return value.raw() instanceof String text
                ? TomlText.quote(text)
                : value.raw().toString();
    }

    private static String literal(Section section, String key) {
        return Arrays.stream(section.getClass().getRecordComponents())
                .filter(component -> keyOf(component).equals(key))
                .map(component -> Kind.of(component.getType()).print().apply(valueOf(component, section)))
                .collect(Collectors.joining());
    }

    static String keyOf(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    static Object valueOf(RecordComponent component, Object record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException("a record of the configuration cannot be read: " + component, broken);
        }
    }

    private static <T> T create(Class<T> type, Object[] values) {
        var types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException("a record of the configuration cannot be made: " + type.getName(), broken);
        }
    }
}
