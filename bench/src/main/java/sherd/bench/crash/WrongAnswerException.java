package sherd.bench.crash;

/** The node answered a write with something else than the only right reply. */
final class WrongAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    WrongAnswerException(String message) {
        super(message);
    }
}
