package sherd.server.script;

import java.util.function.DoubleUnaryOperator;
import org.luaj.vm2.LuaValue;

/** {@code math.*}; a seed gives the same random numbers as with Redis. */
final class MathFunctions {
    private static final long MULTIPLIER = 0x5DEECE66DL;
    private static final long INCREMENT = 0xB;
    private static final long MASK = (1L << 48) - 1;
    private static final long SEED_TAIL = 0x330E;

    private long state;

    FrozenTable table() {
        var table = new FrozenTable();
        table.put("pi", LuaValue.valueOf(Math.PI));
        table.put("huge", LuaValue.valueOf(Double.POSITIVE_INFINITY));
        one(table, "abs", Math::abs);
        one(table, "ceil", Math::ceil);
        one(table, "floor", Math::floor);
        one(table, "sqrt", Math::sqrt);
        one(table, "exp", Math::exp);
        one(table, "log", Math::log);
        one(table, "log10", Math::log10);
        one(table, "sin", Math::sin);
        one(table, "cos", Math::cos);
        one(table, "tan", Math::tan);
        one(table, "asin", Math::asin);
        one(table, "acos", Math::acos);
        one(table, "atan", Math::atan);
        one(table, "sinh", Math::sinh);
        one(table, "cosh", Math::cosh);
        one(table, "tanh", Math::tanh);
        one(table, "deg", Math::toDegrees);
        one(table, "rad", Math::toRadians);
        table.put(new NativeFunction("atan2", a -> LuaValue.valueOf(Math.atan2(a.number(1), a.number(2)))));
        table.put(new NativeFunction("pow", a -> LuaValue.valueOf(Math.pow(a.number(1), a.number(2)))));
        table.put(new NativeFunction("fmod", a -> LuaValue.valueOf(a.number(1) % a.number(2))));
        table.put(new NativeFunction("mod", a -> LuaValue.valueOf(a.number(1) % a.number(2))));
        table.put(new NativeFunction(
                "ldexp", a -> LuaValue.valueOf(Math.scalb(a.number(1), Math.clamp(a.integer(2), -5000, 5000)))));
        table.put(new NativeFunction("modf", a -> {
            double whole = a.number(1) < 0 ? Math.ceil(a.number(1)) : Math.floor(a.number(1));
            double rest = Double.isInfinite(whole) ? 0 : a.number(1) - whole;
            return LuaValue.varargsOf(LuaValue.valueOf(whole), LuaValue.valueOf(rest));
        }));
        table.put(new NativeFunction("frexp", a -> {
            double value = a.number(1);
            if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
                return LuaValue.varargsOf(LuaValue.valueOf(value), LuaValue.ZERO);
            }
            int exponent = Math.getExponent(value) + 1;
            return LuaValue.varargsOf(LuaValue.valueOf(value / Math.pow(2, exponent)), LuaValue.valueOf(exponent));
        }));
        table.put(new NativeFunction("max", a -> extreme(a, 1)));
        table.put(new NativeFunction("min", a -> extreme(a, -1)));
        table.put(new NativeFunction("random", this::random));
        table.put(new NativeFunction("randomseed", a -> {
            seed((int) a.integer(1));
            return LuaValue.NONE;
        }));
        return table;
    }

    private static void one(FrozenTable table, String name, DoubleUnaryOperator function) {
        table.put(new NativeFunction(name, a -> LuaValue.valueOf(function.applyAsDouble(a.number(1)))));
    }

    private static LuaValue extreme(Arguments a, int sign) {
        double found = a.number(1);
        for (int i = 2; i <= a.count(); i++) {
            double value = a.number(i);
            if (sign > 0 ? value > found : value < found) {
                found = value;
            }
        }
        return LuaValue.valueOf(found);
    }

    void seed(int seed) {
        state = ((seed & 0xFFFFFFFFL) << 16) + SEED_TAIL;
    }

    private LuaValue random(Arguments a) {
        state = (state * MULTIPLIER + INCREMENT) & MASK;
        double fraction = (double) ((state >>> 17) % Integer.MAX_VALUE) / Integer.MAX_VALUE;
        if (a.count() == 0) {
            return LuaValue.valueOf(fraction);
        }
        if (a.count() > 2) {
            throw new ScriptError("wrong number of arguments");
        }
        long from = a.count() == 1 ? 1 : a.integer(1);
        long to = a.integer(a.count());
        if (from > to) {
            throw a.wrong(a.count(), "interval is empty");
        }
        return LuaValue.valueOf(Math.floor(fraction * (to - from + 1)) + from);
    }
}
