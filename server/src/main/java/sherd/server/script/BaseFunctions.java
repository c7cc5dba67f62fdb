package sherd.server.script;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.luaj.vm2.LuaClosure;
import org.luaj.vm2.LuaDouble;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaFunction;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** The functions without a table: of Lua 5.1's those that can do no harm. */
final class BaseFunctions {
    private static final int MAX_RESULTS = 8_000;
    private static final int MAX_CHUNK = 1 << 20;

    private final LuaValue environment;
    private final Bounds bounds;
    private final Watch watch;

    BaseFunctions(LuaValue environment, Bounds bounds, Watch watch) {
        this.environment = environment;
        this.bounds = bounds;
        this.watch = watch;
    }

    List<NativeFunction> all() {
        var next = new NativeFunction("next", a -> a.table(1).next(a.get(2)));
        var step = new NativeFunction("ipairs", BaseFunctions::step);
        var functions = new ArrayList<NativeFunction>();
        functions.add(next);
        functions.add(new NativeFunction("pairs", a -> LuaValue.varargsOf(next, a.table(1), LuaValue.NIL)));
        functions.add(new NativeFunction("ipairs", a -> LuaValue.varargsOf(step, a.table(1), LuaValue.ZERO)));
        functions.add(new NativeFunction("type", a -> LuaValue.valueOf(a.any(1).typename())));
        functions.add(new NativeFunction("tostring", a -> text(a.any(1))));
        functions.add(new NativeFunction("tonumber", this::toNumber));
        functions.add(new NativeFunction("select", BaseFunctions::select));
        functions.add(new NativeFunction("unpack", this::unpack));
        functions.add(new NativeFunction("rawget", a -> a.table(1).rawget(a.any(2))));
        functions.add(new NativeFunction("rawset", this::rawSet));
        functions.add(
                new NativeFunction("rawequal", a -> LuaValue.valueOf(a.any(1).raweq(a.any(2)))));
        functions.add(new NativeFunction("getmetatable", BaseFunctions::getMetatable));
        functions.add(new NativeFunction("setmetatable", BaseFunctions::setMetatable));
        functions.add(new NativeFunction("assert", BaseFunctions::check));
        functions.add(new NativeFunction("error", this::raise));
        functions.add(new NativeFunction("pcall", this::protectedCall));
        functions.add(new NativeFunction("xpcall", this::handledCall));
        functions.add(new NativeFunction("load", this::load));
        functions.add(new NativeFunction("loadstring", this::loadString));
        functions.add(new NativeFunction("collectgarbage", this::collectGarbage));
        functions.add(new NativeFunction("gcinfo", _ -> LuaValue.valueOf((int) (bounds.bytes() >> 10))));
        return functions;
    }

    private static Varargs step(Arguments a) {
        long index = a.integer(2) + 1;
        var value = a.table(1).get((int) index);
        return value.isnil() ? LuaValue.NIL : LuaValue.varargsOf(LuaValue.valueOf((double) index), value);
    }

    /** As {@code tostring} does. */
    static LuaValue text(LuaValue value) {
        var handler = value.metatag(LuaValue.TOSTRING);
        if (!handler.isnil()) {
            return handler.call(value);
        }
        return switch (value) {
            case LuaString string -> string;
            case LuaDouble number -> NumberText.string(number.todouble());
            case LuaFunction function ->
                LuaValue.valueOf("function: 0x" + Integer.toHexString(System.identityHashCode(function)));
            case LuaTable table -> LuaValue.valueOf("table: 0x" + Integer.toHexString(System.identityHashCode(table)));
            default -> LuaValue.valueOf(value.tojstring());
        };
    }

    private LuaValue toNumber(Arguments a) {
        var value = a.any(1);
        if (value instanceof LuaString string) {
            bounds.work(string.m_length / 8);
        }
        long base = a.integer(2, 10);
        if (base == 10) {
            return value.tonumber();
        }
        if (base < 2 || base > 36) {
            throw a.wrong(2, "base out of range");
        }
        return a.string(1).tonumber((int) base);
    }

    private static Varargs select(Arguments a) {
        if (a.get(1) instanceof LuaString word && word.tojstring().equals("#")) {
            return LuaValue.valueOf(a.count() - 1);
        }
        long index = a.integer(1);
        if (index < 0) {
            index += a.count();
        }
        if (index < 1) {
            throw a.wrong(1, "index out of range");
        }
        return index >= a.count() ? LuaValue.NONE : a.from((int) index + 1);
    }

    private Varargs unpack(Arguments a) {
        var table = a.table(1);
        long from = a.integer(2, 1);
        long to = a.has(3) ? a.integer(3) : table.rawlen();
        if (from > to) {
            return LuaValue.NONE;
        }
        if (to - from >= MAX_RESULTS) {
            throw new ScriptError("too many results to unpack");
        }
        var values = new LuaValue[(int) (to - from + 1)];
        bounds.work(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = table.rawget((int) from + i);
        }
        return LuaValue.varargsOf(values);
    }

    private LuaValue rawSet(Arguments a) {
        var table = a.table(1);
        refuseFrozen(table);
        var key = a.any(2);
        if (!key.isvalidkey()) {
            throw new ScriptError(key.isnil() ? "table index is nil" : "table index is NaN");
        }
        bounds.allocate(64);
        table.rawset(key, a.any(3));
        return table;
    }

    private static void refuseFrozen(LuaValue table) {
        if (table instanceof Frozen) {
            throw new ScriptError(LuaValue.valueOf(Frozen.REFUSAL));
        }
    }

    private static LuaValue getMetatable(Arguments a) {
        var metatable = a.any(1).getmetatable();
        if (metatable == null) {
            return LuaValue.NIL;
        }
        var shown = metatable.rawget(LuaValue.METATABLE);
        return shown.isnil() ? metatable : shown;
    }

    private static LuaValue setMetatable(Arguments a) {
        var table = a.table(1);
        refuseFrozen(table);
        if (!a.get(2).isnil() || a.count() < 2) {
            if (!(a.get(2) instanceof LuaTable)) {
                throw a.wrong(2, "nil or table expected");
            }
        }
        var before = table.getmetatable();
        if (before != null && !before.rawget(LuaValue.METATABLE).isnil()) {
            throw new ScriptError("cannot change a protected metatable");
        }
        return table.setmetatable(a.get(2).isnil() ? null : a.get(2));
    }

    private static Varargs check(Arguments a) {
        if (a.any(1).toboolean()) {
            return a.all();
        }
        throw new ScriptError(a.has(2) ? a.string(2).tojstring() : "assertion failed!");
    }

    private LuaValue raise(Arguments a) {
        var value = a.get(1);
        long level = a.integer(2, 1);
        if (value.isstring() && level > 0) {
            var frame = watch.frame(level);
            if (frame != null) {
                var place = LuaValue.valueOf(frame.place());
                bounds.allocate(place.length() + (long) value.length());
                throw new ScriptError(place.concat(a.string(1)));
            }
        }
        throw new ScriptError(value);
    }

    private Varargs protectedCall(Arguments a) {
        var result = attempt(a.any(1), a.from(2), LuaValue.NIL);
        if (!result.arg1().toboolean() && result.arg(2) instanceof LuaTable error) {
            var text = error.rawget("err");
            return text.isstring() ? LuaValue.varargsOf(LuaValue.FALSE, text) : result; // as Redis does
        }
        return result;
    }

    private Varargs handledCall(Arguments a) {
        return attempt(a.any(1), LuaValue.NONE, a.any(2));
    }

    private Varargs attempt(LuaValue body, Varargs arguments, LuaValue handler) {
        int depth = watch.depth();
        watch.forgetFailure();
        try {
            if (!body.isfunction() && body.metatag(LuaValue.CALL).isnil()) {
                throw new ScriptError(LuaValue.valueOf("attempt to call a " + body.typename() + " value"));
            }
            return LuaValue.varargsOf(LuaValue.TRUE, body.invoke(arguments));
        } catch (LuaError e) {
            watch.unwindTo(depth);
            var value = watch.valueOf(e);
            watch.forgetFailure();
            return LuaValue.varargsOf(LuaValue.FALSE, handler.isnil() ? value : handler.call(value));
        }
    }

    private Varargs load(Arguments a) {
        var reader = a.function(1);
        var text = new ByteArrayOutputStream();
        while (true) {
            var part = reader.call();
            if (part.isnil() || part.length() == 0) {
                return compile(text.toByteArray(), a.has(2) ? a.string(2).tojstring() : "=(load)");
            }
            if (!(part instanceof LuaString string)) {
                throw new ScriptError("reader function must return a string");
            }
            bounds.allocate(string.m_length * 2L);
            text.write(string.m_bytes, string.m_offset, string.m_length);
        }
    }

    private Varargs loadString(Arguments a) {
        return compile(
                bytes(a.string(1)),
                a.has(2) ? a.string(2).tojstring() : a.string(1).tojstring());
    }

    static byte[] bytes(LuaString string) {
        var bytes = new byte[string.m_length];
        string.copyInto(0, bytes, 0, bytes.length);
        return bytes;
    }

    private Varargs compile(byte[] source, String chunk) {
        if (source.length > MAX_CHUNK) {
            throw new ScriptError("chunk is too long: bytes=" + source.length + " limit=" + MAX_CHUNK);
        }
        bounds.work(source.length);
        bounds.allocate(source.length * 16L);
        try {
            return new LuaClosure(CompiledScript.compile(source, chunk), environment);
        } catch (LuaError e) {
            return LuaValue.varargsOf(LuaValue.NIL, LuaValue.valueOf(String.valueOf(e.getMessage())));
        }
    }

    private LuaValue collectGarbage(Arguments a) {
        return a.has(1) && a.string(1).tojstring().equals("count")
                ? LuaValue.valueOf(bounds.bytes() / 1024.0)
                : LuaValue.ZERO;
    }
}
