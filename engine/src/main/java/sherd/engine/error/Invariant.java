package sherd.engine.error;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

/** States what must hold at the seams between parts. Always on; inner loops use {@code assert}. */
public final class Invariant {
    private Invariant() {}

    public static void check(boolean holds, String message) {
        if (!holds) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, message);
        }
    }

    /** Allocates its arguments even when the check holds, so it has no place on the request path. */
    @FormatMethod
    public static void check(boolean holds, @FormatString String format, Object... args) {
        if (!holds) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, String.format(format, args));
        }
    }
}
