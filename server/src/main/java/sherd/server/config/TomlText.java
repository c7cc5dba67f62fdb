package sherd.server.config;

import java.lang.reflect.RecordComponent;
import org.tomlj.Toml;

/** Writes a configuration as TOML. */
final class TomlText {
    private TomlText() {}

    static String of(NodeConfig config) {
        var text = new StringBuilder();
        for (var section : NodeConfig.class.getRecordComponents()) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            text.append('[').append(Binder.keyOf(section)).append("]\n");
            var values = (Record) Binder.valueOf(section, config);
            for (var key : section.getType().getRecordComponents()) {
                text.append(line(key, values));
            }
        }
        return text.toString();
    }

    private static String line(RecordComponent key, Record section) {
        var literal = Kind.of(key.getType()).print().apply(Binder.valueOf(key, section));
        return Binder.keyOf(key) + " = " + literal + "\n";
    }

    static String quote(String text) {
        return "\"" + Toml.tomlEscape(text) + "\"";
    }
}
