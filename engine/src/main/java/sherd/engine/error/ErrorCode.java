package sherd.engine.error;

/**
 * Every way a request or the store can fail. The thousands digit is the {@link Category}; the number is part of what
 * users see, so a number is never reused and a code is never renumbered.
 */
public enum ErrorCode {
    INVALID_ARGUMENT(1001),
    UNKNOWN_TABLE(1002),
    TABLE_EXISTS(1003),
    UNKNOWN_COLUMN(1004),
    WRONG_TYPE(1005),
    TOO_LARGE(1006),
    INVALID_TEXT(1007),
    INVALID_QUERY(1008),
    INVALID_CONFIG(1009),
    NOT_FOUND(1010),

    OUT_OF_MEMORY(2001),
    LOG_FAILED(2002),
    LOG_BEHIND(2003),
    DISK_FULL(2004),
    DISK_FAILED(2005),
    DATA_IN_USE(2006),
    PORT_IN_USE(2007),
    DEADLINE_EXCEEDED(2008),
    CLOSED(2009),
    /** The write may or may not have happened, and cannot be reported as either. */
    IN_DOUBT(2010),
    /** Rows of a segment whose bytes are elsewhere; they are not lost. */
    OBJECTS_UNAVAILABLE(2011),

    CORRUPT_LOG(3001),
    CORRUPT_SEGMENT(3002),
    CORRUPT_CATALOG(3003),
    CORRUPT_ROUTES(3004),

    INTERNAL_INVARIANT(4001);

    private final int number;
    private final Category category;

    ErrorCode(int number) {
        this.number = number;
        this.category = Category.of(number);
    }

    public int number() {
        return number;
    }

    public Category category() {
        return category;
    }

    /** Who can do something about it. */
    public enum Category {
        /** The caller, by asking differently. */
        CALLER,
        /** The operator, or time: something has run out or is not there now. */
        RESOURCE,
        /** The operator, from a copy: stored bytes are not what was written. */
        CORRUPTION,
        /** We, by fixing a bug. */
        INTERNAL;

        private static Category of(int number) {
            return values()[number / 1000 - 1];
        }
    }
}
