package sherd.bench.frame;

/** A benchmark cannot be run or went wrong: one sentence and exit status 1. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BenchException(String message) {
        super(message);
    }

    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
