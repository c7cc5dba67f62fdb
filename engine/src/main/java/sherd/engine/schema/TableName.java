package sherd.engine.schema;

import java.util.regex.Pattern;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** A table within its database, written {@code database.table}. */
public record TableName(String database, String table) {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}");

    /** The table behind plain RESP keys. */
    public static final TableName KEY_VALUE = new TableName("default", "kv");

    public TableName {
        requireName("database", database);
        requireName("table", table);
    }

    public static TableName parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "not a table name: table='" + text + "'; write DATABASE.TABLE, for example logs.app");
        }
        return new TableName(text.substring(0, dot), text.substring(dot + 1));
    }

    /** Refuses a name of a database, table or column that is not a plain word. */
    public static void requireName(String what, String name) {
        if (!WORD.matcher(name).matches()) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "bad " + what + " name: '" + name
                            + "'; use up to 64 letters, digits, '_' and '-', starting with a letter or '_'");
        }
    }

    @Override
    public String toString() {
        return database + "." + table;
    }
}
