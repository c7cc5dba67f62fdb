package sherd.engine.schema;

import java.util.Locale;
import java.util.Optional;

/** The type of a column's values. Fixed-width types live in arrays, the others as runs of bytes. */
public enum ColumnType {
    INT64(8),
    INT32(4),
    FLOAT64(8),
    FLOAT32(4),
    BOOL(1),
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    TIMESTAMP(8),
    /** Valid UTF-8. */
    STRING(-1),
    BYTES(-1),
    /** Valid UTF-8 that is one JSON value. */
    JSON(-1);

    private final int width;

    ColumnType(int width) {
        this.width = width;
    }

    /** Bytes a value takes, or -1 where it varies. */
    public int width() {
        return width;
    }

    public boolean fixed() {
        return width > 0;
    }

    /** Searched by word. */
    public boolean text() {
        return this == STRING || this == JSON;
    }

    /** The name in requests and files: {@code int64}, {@code string}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<ColumnType> parse(String label) {
        for (var type : values()) {
            if (type.label().equals(label)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
