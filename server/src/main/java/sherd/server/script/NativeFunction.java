package sherd.server.script;

import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.VarArgFunction;

/** A function that scripts can call. */
public final class NativeFunction extends VarArgFunction {
    private final Body body;

    /** What it does. */
    @FunctionalInterface
    public interface Body {
        Varargs run(Arguments arguments);
    }

    public NativeFunction(String name, Body body) {
        this.name = name;
        this.body = body;
    }

    @Override
    public Varargs invoke(Varargs values) {
        return body.run(new Arguments(name, values));
    }

    @Override
    public String name() {
        return name;
    }
}
