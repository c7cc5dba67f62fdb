package sherd.server.cli;

/** The command was not given as it must be: one sentence and exit status 2. */
final class WrongUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongUseException(String message) {
        super(message);
    }
}
