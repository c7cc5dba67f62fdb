package sherd.server.cli;

/** What was asked about is bad, or cannot be had: one sentence and exit status 1. */
public final class BadException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadException(String message) {
        super(message);
    }

    BadException(String message, Throwable cause) {
        super(message, cause);
    }
}
