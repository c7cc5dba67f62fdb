package sherd.server.script;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaClosure;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** One thread's place to run scripts in, one after the other. */
public final class Sandbox {
    /** The interpreter has one place for the methods of all strings; they must find the bounds of their own thread. */
    private static final ThreadLocal<Sandbox> CURRENT = new ThreadLocal<>();

    static {
        var methods = new FrozenTable();
        methods.put("__index", new NativeFunction("index", arguments -> methodOfString(arguments.get(2))));
        LuaString.s_metatable = methods;
    }

    private final Bounds bounds;
    private final Watch watch;
    private final Environment environment = new Environment();
    private final MathFunctions math = new MathFunctions();
    private final LuaTable strings;

    /** What a run came to: a value, or what was raised and where. */
    public sealed interface Outcome {
        /** It ended well. */
        record Value(LuaValue value) implements Outcome {}

        /** It raised; line 0 if nobody knows where. */
        record Raised(LuaValue value, String source, int line) implements Outcome {}
    }

    /**
     * Makes the place.
     *
     * @param seed of the random numbers that scripts get
     * @param library the name of a table with the functions of whoever runs scripts
     */
    public Sandbox(Bounds bounds, int seed, String library, List<NativeFunction> functions, List<Constant> constants) {
        this.bounds = bounds;
        math.seed(seed);
        watch = new Watch(bounds);
        environment.debuglib = watch;
        strings = table(new StringFunctions(bounds).all());
        new BaseFunctions(environment, bounds, watch).all().forEach(f -> environment.put(f.name(), f));
        environment.put("_G", environment);
        environment.put("_VERSION", LuaValue.valueOf("Lua 5.1"));
        environment.put("string", strings);
        environment.put("table", table(new TableFunctions(bounds).all()));
        environment.put("math", math.table());
        environment.put("bit", table(BitFunctions.all()));
        environment.put("cjson", JsonFunctions.table(bounds));
        environment.put("os", table(List.of(new NativeFunction("clock", _ -> LuaValue.valueOf(bounds.seconds())))));
        var own = table(functions);
        constants.forEach(constant -> own.put(constant.name(), constant.value()));
        environment.put(library, own);
    }

    /** A name in the library that is no function. */
    public record Constant(String name, LuaValue value) {}

    private static FrozenTable table(List<NativeFunction> functions) {
        var table = new FrozenTable();
        functions.forEach(table::put);
        return table;
    }

    private static LuaValue methodOfString(LuaValue name) {
        var current = CURRENT.get();
        return current == null ? LuaValue.NIL : current.strings.rawget(name);
    }

    /**
     * Runs a script to its end.
     *
     * @param given bytes that keys and arguments take
     * @throws BoundReachedError when it takes too much
     */
    public Outcome run(CompiledScript script, LuaTable keys, LuaTable arguments, long given) {
        environment.put("KEYS", keys);
        environment.put("ARGV", arguments);
        bounds.start();
        watch.reset();
        CURRENT.set(this);
        try {
            bounds.allocate(given);
            Varargs result = new LuaClosure(script.code(), environment).invoke(LuaValue.NONE);
            return new Outcome.Value(result.arg1());
        } catch (LuaError e) {
            return raised(e, watch.failed());
        } finally {
            CURRENT.remove();
            bounds.end();
            watch.reset();
        }
    }

    private Outcome.Raised raised(LuaError e, Watch.@Nullable Frame failed) {
        var value = watch.valueOf(e);
        return failed == null
                ? new Outcome.Raised(value, CompiledScript.CHUNK, 0)
                : new Outcome.Raised(value, failed.source(), failed.line());
    }

    /** For functions of the library that take memory or time. */
    public Bounds bounds() {
        return bounds;
    }
}
