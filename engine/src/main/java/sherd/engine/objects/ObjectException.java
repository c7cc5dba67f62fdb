package sherd.engine.objects;

import java.io.IOException;

/** What a store of objects could not do, and whether asking again can help. */
public final class ObjectException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it is. */
    public enum Reason {
        /** Not reached, too slow, overloaded, or the answer was cut: worth another try. */
        AWAY,
        /** Reached, and it will not: credentials, rights, the bucket. */
        REFUSED,
        /** There is no such object. */
        MISSING,
        /** The object ends before the bytes that were asked for. */
        SHORT
    }

    private final Reason reason;

    public ObjectException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public ObjectException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
