package sherd.engine.schema;

import java.util.Locale;

/** What a table's rows are. */
public enum TableKind {
    /** Rows with a key, updated in place. */
    RECORD,
    /** Rows appended and ordered by time. */
    LOG;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
