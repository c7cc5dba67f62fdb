package sherd.server.loki;

/** Ends a request with a status and a text for the client. Carries no stack trace. */
final class LokiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    LokiException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    static LokiException bad(String message) {
        return new LokiException(400, message);
    }

    int status() {
        return status;
    }
}
