package sherd.server.script;

import java.io.Serial;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** What a script or one of its functions raised. */
public final class ScriptError extends LuaError {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient LuaValue value;
    private final boolean placed;
    private final int argument;

    /** A message that is told with the place where it was raised, as the functions of Lua do. */
    ScriptError(String message) {
        this(message, 0);
    }

    /** A message that begins by naming an argument: {@code bad argument #1 to ...}. */
    ScriptError(String message, int argument) {
        super(message);
        value = LuaString.valueOf(message);
        placed = true;
        this.argument = argument;
    }

    /** Any value, as it is. */
    public ScriptError(LuaValue value) {
        super("");
        this.value = value;
        placed = false;
        argument = 0;
    }

    LuaValue value() {
        return value;
    }

    /** Number of the argument that is to blame; 0 if none is. */
    int argument() {
        return argument;
    }

    boolean placed() {
        return placed;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // scripts raise often, and their own places are what matters
    }
}
