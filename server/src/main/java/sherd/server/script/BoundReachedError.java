package sherd.server.script;

import java.io.Serial;

/** A script has used up what it may use. An error and no exception, so that no {@code pcall} goes on after it. */
public final class BoundReachedError extends Error {
    @Serial
    private static final long serialVersionUID = 1;

    BoundReachedError(String bound) {
        super(bound, null, false, false);
    }
}
