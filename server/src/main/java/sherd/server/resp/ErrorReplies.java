package sherd.server.resp;

import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** The one table from what the store throws to what a RESP client reads. */
final class ErrorReplies {
    static final String SYNTAX = "ERR syntax error";
    static final String NOT_INTEGER = "ERR value is not an integer or out of range";
    static final String NOT_FLOAT = "ERR value is not a valid float";
    static final String WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";
    static final String NO_SUCH_KEY = "ERR no such key";
    static final String INTERNAL = "ERR internal error: this is a bug, the node's log has the details";
    static final String KEY_TOO_LONG = "ERR key is too long: bytes=";

    private ErrorReplies() {}

    /** @param why the log failed, where that is known */
    static String inDoubt(@Nullable StoreException why) {
        return "INDOUBT the commit log failed before it confirmed this write: it may or may not be kept; read it again"
                + (why == null ? "" : "; " + why.getMessage());
    }

    static String of(StoreException e) {
        var message = e.getMessage();
        return switch (e.code()) {
            case INVALID_ARGUMENT,
                    UNKNOWN_TABLE,
                    TABLE_EXISTS,
                    UNKNOWN_COLUMN,
                    TOO_LARGE,
                    INVALID_TEXT,
                    INVALID_QUERY,
                    INVALID_CONFIG,
                    NOT_FOUND,
                    DATA_IN_USE,
                    PORT_IN_USE,
                    DEADLINE_EXCEEDED,
                    CLOSED,
                    WRONG_TYPE -> "ERR " + message;
            case OUT_OF_MEMORY -> "OOM command not allowed when used memory > 'maxmemory'. " + message;
            case LOG_FAILED, DISK_FULL, DISK_FAILED -> "MISCONF writes are refused: " + message;
            case LOG_BEHIND -> "BUSY writes come faster than the disk takes them: " + message;
            case OBJECTS_UNAVAILABLE -> "UNAVAILABLE " + message;
            case IN_DOUBT -> "INDOUBT " + message;
            case CORRUPT_LOG, CORRUPT_SEGMENT, CORRUPT_CATALOG, CORRUPT_ROUTES -> "CORRUPT " + message;
            case INTERNAL_INVARIANT -> INTERNAL;
        };
    }

    /** Whether the node's own log should tell of it. */
    static boolean notable(StoreException e) {
        return e.code().category() == ErrorCode.Category.INTERNAL
                || e.code().category() == ErrorCode.Category.CORRUPTION;
    }
}
