package sherd.engine.route;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnText;
import sherd.engine.schema.TableDefinition;

/**
 * How the key of a row is written: a single key column as its text; several as their texts joined by {@code ,} with
 * {@code %} and {@code ,} inside a part percent-encoded. A key has one spelling only, so that it is one key.
 */
final class RowKey {
    private final TableDefinition definition;
    private final List<Column> columns;

    RowKey(TableDefinition definition) {
        this.definition = definition;
        this.columns = definition.key().stream()
                .map(name -> definition.columns().get(definition.indexOf(name)))
                .toList();
    }

    byte[] of(@Nullable Object[] values) {
        var parts = new ArrayList<byte[]>();
        for (var column : columns) {
            parts.add(text(column, values[definition.indexOf(column.name())]));
        }
        return join(parts);
    }

    private static byte[] text(Column column, @Nullable Object value) {
        if (value == null) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT, "the row has no value for its key: column='" + column.name() + "'");
        }
        return ColumnText.format(column.type(), value);
    }

    /** From texts as a user spells them, one a key column. */
    byte[] of(List<String> parts) {
        if (parts.size() != columns.size()) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the key needs " + columns.size() + " parts (" + String.join(",", definition.key()) + "): got "
                            + parts.size());
        }
        var normal = new ArrayList<byte[]>();
        for (int i = 0; i < columns.size(); i++) {
            var value = ColumnText.parse(columns.get(i), parts.get(i).getBytes(StandardCharsets.UTF_8));
            normal.add(ColumnText.format(columns.get(i).type(), value));
        }
        return join(normal);
    }

    /** A row that has its key and nothing else; refuses a key in another than its one spelling. */
    @Nullable
    Object[] row(byte[] key) {
        var values = new @Nullable Object[definition.columns().size()];
        var parts = split(key);
        if (parts.size() != columns.size()) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the key needs " + columns.size() + " parts (" + String.join(",", definition.key()) + "): key='"
                            + new String(key, StandardCharsets.UTF_8) + "'");
        }
        for (int i = 0; i < columns.size(); i++) {
            values[definition.indexOf(columns.get(i).name())] = ColumnText.parse(columns.get(i), parts.get(i));
        }
        var spelling = of(values);
        if (!Arrays.equals(spelling, key)) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the key has another spelling: key='" + new String(key, StandardCharsets.UTF_8) + "'; write '"
                            + new String(spelling, StandardCharsets.UTF_8) + "'");
        }
        return values;
    }

    List<byte[]> split(byte[] key) {
        if (columns.size() == 1) {
            return List.of(key);
        }
        var parts = new ArrayList<byte[]>();
        var part = new ByteArrayOutputStream();
        for (int i = 0; i < key.length; i++) {
            if (key[i] == ',') {
                parts.add(part.toByteArray());
                part.reset();
            } else if (key[i] == '%' && i + 2 < key.length) {
                int high = Character.digit(key[i + 1], 16);
                int low = Character.digit(key[i + 2], 16);
                part.write(high < 0 || low < 0 ? '%' : high << 4 | low);
                i += high < 0 || low < 0 ? 0 : 2;
            } else {
                part.write(key[i]);
            }
        }
        parts.add(part.toByteArray());
        return parts;
    }

    private byte[] join(List<byte[]> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        var key = new ByteArrayOutputStream();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                key.write(',');
            }
            for (byte b : parts.get(i)) {
                if (b == ',' || b == '%') {
                    key.writeBytes(b == ',' ? new byte[] {'%', '2', 'C'} : new byte[] {'%', '2', '5'});
                } else {
                    key.write(b);
                }
            }
        }
        return key.toByteArray();
    }
}
