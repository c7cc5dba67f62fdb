package sherd.server.script;

import java.util.List;
import java.util.Locale;
import java.util.function.IntBinaryOperator;
import org.luaj.vm2.LuaValue;

/** {@code bit.*}: operations on 32 bits, results signed. */
final class BitFunctions {
    private BitFunctions() {}

    static List<NativeFunction> all() {
        return List.of(
                new NativeFunction("tobit", a -> LuaValue.valueOf(bits(a, 1))),
                new NativeFunction("bnot", a -> LuaValue.valueOf(~bits(a, 1))),
                folded("band", (x, y) -> x & y),
                folded("bor", (x, y) -> x | y),
                folded("bxor", (x, y) -> x ^ y),
                shift("lshift", (x, n) -> x << n),
                shift("rshift", (x, n) -> x >>> n),
                shift("arshift", (x, n) -> x >> n),
                shift("rol", Integer::rotateLeft),
                shift("ror", Integer::rotateRight),
                new NativeFunction("bswap", a -> LuaValue.valueOf(Integer.reverseBytes(bits(a, 1)))),
                new NativeFunction("tohex", BitFunctions::hexadecimal));
    }

    private static NativeFunction folded(String name, IntBinaryOperator operation) {
        return new NativeFunction(name, a -> {
            int result = bits(a, 1);
            for (int i = 2; i <= a.count(); i++) {
                result = operation.applyAsInt(result, bits(a, i));
            }
            return LuaValue.valueOf(result);
        });
    }

    private static NativeFunction shift(String name, IntBinaryOperator operation) {
        return new NativeFunction(name, a -> LuaValue.valueOf(operation.applyAsInt(bits(a, 1), bits(a, 2) & 31)));
    }

    private static int bits(Arguments a, int index) {
        return (int) (long) Math.rint(a.number(index));
    }

    private static LuaValue hexadecimal(Arguments a) {
        int digits = a.has(2) ? bits(a, 2) : 8;
        var text = String.format(Locale.ROOT, "%08x", bits(a, 1));
        if (digits < 0) {
            text = text.toUpperCase(Locale.ROOT);
        }
        return LuaValue.valueOf(text.substring(8 - Math.clamp(Math.abs((long) digits), 0, 8)));
    }
}
