package sherd.server.config;

/** What is never shown: printed, it is a mask. */
public record Secret(String value) {
    public static final Secret NONE = new Secret("");

    private static final String MASK = "(hidden)";

    static Secret parse(String text) {
        if (text.equals(MASK)) {
            throw new IllegalArgumentException("must be the secret itself");
        }
        return new Secret(text);
    }

    public boolean isEmpty() {
        return value.isEmpty();
    }

    @Override
    public String toString() {
        return isEmpty() ? "" : MASK;
    }
}
