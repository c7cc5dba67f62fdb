package sherd.server.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** The keys that were given and their values, before anyone knows whether such keys exist. */
final class Given {
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final Problems problems;

    Given(Problems problems) {
        this.problems = problems;
    }

    /**
     * @param raw as TOML typed it, or a string for a setting of the command line
     * @param typed whether the type of {@code raw} means something
     * @param place where it was given, for messages
     */
    record Value(Object raw, boolean typed, String place) {}

    void addFile(Path file) {
        TomlParseResult parsed;
        try {
            parsed = Toml.parse(Files.readString(file));
        } catch (CharacterCodingException notText) {
            problems.add("the configuration file is not UTF-8 text: file=" + file + "; save it as UTF-8");
            return;
        } catch (IOException unreadable) {
            problems.add("the configuration file cannot be read: file=" + file + " (" + unreadable
                    + "); name one that exists and is readable");
            return;
        }
        for (var error : parsed.errors()) {
            problems.add("not TOML: " + error.getMessage() + " (" + file.getFileName() + " line "
                    + error.position().line() + "); text belongs in quotes, sections in [brackets]");
        }
        for (var key : parsed.dottedKeySet(true)) {
            var raw = parsed.get(key);
            if (raw != null && (!(raw instanceof TomlTable table) || table.isEmpty())) {
                values.put(key, new Value(raw, true, place(file, parsed, key)));
            }
        }
    }

    private static String place(Path file, TomlParseResult parsed, String key) {
        var position = parsed.inputPositionOf(key);
        return position == null ? file.getFileName().toString() : file.getFileName() + " line " + position.line();
    }

    void addSetting(String setting) {
        int equals = setting.indexOf('=');
        if (equals <= 0) {
            problems.add(
                    "a setting must be key=value, not " + TomlText.quote(setting) + "; for example log.sync=always");
            return;
        }
        var text = setting.substring(equals + 1).strip();
        if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        values.put(setting.substring(0, equals).strip(), new Value(text, false, "--set"));
    }

    @Nullable
    Value take(String key) {
        return values.remove(key);
    }

    /** What nobody took. */
    Set<Map.Entry<String, Value>> rest() {
        return values.entrySet();
    }
}
