package sherd.server.script;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.luaj.vm2.LuaFunction;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code string.*}: as Lua 5.1, with every byte made and every byte looked at counted. */
final class StringFunctions {
    private static final int MAX_RESULTS = 8_000;
    private static final int BYTES_PER_STEP = 32;
    private static final int STRING_BYTES = 48;

    private final Bounds bounds;

    StringFunctions(Bounds bounds) {
        this.bounds = bounds;
    }

    List<NativeFunction> all() {
        return List.of(
                new NativeFunction("len", a -> LuaValue.valueOf(a.string(1).m_length)),
                new NativeFunction("sub", this::sub),
                new NativeFunction("upper", a -> mapped(a, 'a', 'z', -32)),
                new NativeFunction("lower", a -> mapped(a, 'A', 'Z', 32)),
                new NativeFunction("reverse", this::reverse),
                new NativeFunction("rep", this::repeat),
                new NativeFunction("byte", this::bytes),
                new NativeFunction("char", this::characters),
                new NativeFunction("format", new FormatFunction(bounds)::run),
                new NativeFunction("find", a -> find(a, true)),
                new NativeFunction("match", a -> find(a, false)),
                new NativeFunction("gmatch", this::matches),
                new NativeFunction("gfind", this::matches),
                new NativeFunction("gsub", this::substitute));
    }

    private void pay(long bytes) {
        bounds.allocate(STRING_BYTES + bytes);
        bounds.work(bytes / BYTES_PER_STEP);
    }

    private static long place(long index, int length) {
        return index < 0 ? Math.max(0, length + index + 1) : index;
    }

    private LuaValue sub(Arguments a) {
        var text = a.string(1);
        long from = Math.max(1, place(a.integer(2), text.m_length));
        long to = Math.min(text.m_length, place(a.integer(3, -1), text.m_length));
        if (from > to) {
            return LuaValue.EMPTYSTRING;
        }
        pay(to - from + 1);
        return LuaString.valueOf(text.m_bytes, text.m_offset + (int) from - 1, (int) (to - from + 1));
    }

    private LuaValue mapped(Arguments a, int from, int to, int by) {
        var text = a.string(1);
        pay(text.m_length * 2L);
        var bytes = BaseFunctions.bytes(text);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] >= from && bytes[i] <= to) {
                bytes[i] += (byte) by;
            }
        }
        return LuaString.valueUsing(bytes);
    }

    private LuaValue reverse(Arguments a) {
        var text = a.string(1);
        pay(text.m_length * 2L);
        var bytes = new byte[text.m_length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = text.m_bytes[text.m_offset + bytes.length - 1 - i];
        }
        return LuaString.valueUsing(bytes);
    }

    private LuaValue repeat(Arguments a) {
        var text = a.string(1);
        long times = Math.max(0, a.integer(2));
        if (text.m_length == 0 || times == 0) {
            return LuaValue.EMPTYSTRING;
        }
        if (times > Bounds.BYTES / text.m_length) {
            bounds.allocate(Bounds.BYTES + 1);
        }
        pay(text.m_length * times);
        var bytes = new byte[(int) (text.m_length * times)];
        for (int i = 0; i < times; i++) {
            System.arraycopy(text.m_bytes, text.m_offset, bytes, i * text.m_length, text.m_length);
        }
        return LuaString.valueUsing(bytes);
    }

    private Varargs bytes(Arguments a) {
        var text = a.string(1);
        long first = place(a.integer(2, 1), text.m_length);
        long from = Math.max(1, first);
        long to = Math.min(text.m_length, place(a.integer(3, first), text.m_length));
        if (from > to) {
            return LuaValue.NONE;
        }
        if (to - from >= MAX_RESULTS) {
            throw new ScriptError("stack overflow (string slice too long)");
        }
        var values = new LuaValue[(int) (to - from + 1)];
        bounds.work(values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = LuaValue.valueOf(text.m_bytes[text.m_offset + (int) from - 1 + i] & 0xFF);
        }
        return LuaValue.varargsOf(values);
    }

    private LuaValue characters(Arguments a) {
        var bytes = new byte[a.count()];
        pay(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            long value = a.integer(i + 1);
            if (value < 0 || value > 255) {
                throw a.wrong(i + 1, "invalid value");
            }
            bytes[i] = (byte) value;
        }
        return LuaString.valueUsing(bytes);
    }

    private Varargs find(Arguments a, boolean places) {
        var text = a.string(1);
        var pattern = a.string(2);
        long start = Math.max(1, place(a.integer(3, 1), text.m_length));
        if (start > text.m_length + 1L) {
            if (places) {
                return LuaValue.NIL; // 5.1 begins at the end, where only an empty pattern matches
            }
            start = text.m_length + 1L;
        }
        if (places && (a.get(4).toboolean() || plain(pattern))) {
            bounds.work((text.m_length - start + 1) / 4);
            int found = indexOf(text, pattern, (int) start - 1);
            return found < 0
                    ? LuaValue.NIL
                    : LuaValue.varargsOf(LuaValue.valueOf(found + 1), LuaValue.valueOf(found + pattern.m_length));
        }
        var matcher = new PatternMatcher(bounds, text, pattern);
        for (int at = (int) start - 1; at <= text.m_length; at++) {
            int end = matcher.matchAt(at);
            if (end >= 0) {
                return places ? found(matcher, at, end) : matcher.all(at, end);
            }
            if (matcher.anchored()) {
                break;
            }
        }
        return LuaValue.NIL;
    }

    private static Varargs found(PatternMatcher matcher, int from, int to) {
        var captures = matcher.captures() == 0 ? LuaValue.NONE : matcher.all(from, to);
        return LuaValue.varargsOf(LuaValue.valueOf(from + 1), LuaValue.valueOf(to), captures);
    }

    private static boolean plain(LuaString pattern) {
        for (int i = 0; i < pattern.m_length; i++) {
            if ("^$*+?.([%-".indexOf(pattern.m_bytes[pattern.m_offset + i]) >= 0) {
                return false;
            }
        }
        return true;
    }

    private int indexOf(LuaString text, LuaString wanted, int from) {
        for (int at = from; at <= text.m_length - wanted.m_length; at++) {
            int same = 0;
            while (same < wanted.m_length
                    && text.m_bytes[text.m_offset + at + same] == wanted.m_bytes[wanted.m_offset + same]) {
                same++;
            }
            if (same == wanted.m_length) {
                return at;
            }
            if (same >= BYTES_PER_STEP) {
                bounds.work(same / BYTES_PER_STEP);
            }
        }
        return -1;
    }

    private LuaValue matches(Arguments a) {
        var text = a.string(1);
        var matcher = new PatternMatcher(bounds, text, a.string(2));
        var next = new int[1];
        return new NativeFunction("gmatch", _ -> {
            for (int at = next[0]; at <= text.m_length; at++) {
                int end = matcher.matchAt(at);
                if (end >= 0) {
                    next[0] = end == at ? end + 1 : end;
                    return matcher.all(at, end);
                }
            }
            next[0] = text.m_length + 1;
            return LuaValue.NIL;
        });
    }

    private Varargs substitute(Arguments a) {
        var text = a.string(1);
        var matcher = new PatternMatcher(bounds, text, a.string(2));
        var replacement = a.get(3);
        if (!replacement.isstring() && !(replacement instanceof LuaTable) && !(replacement instanceof LuaFunction)) {
            throw a.wrong(3, "string/function/table expected");
        }
        long max = a.integer(4, text.m_length + 1L);
        var out = new ByteArrayOutputStream();
        int at = 0;
        int count = 0;
        while (count < max) {
            int end = matcher.matchAt(at);
            if (end >= 0) {
                count++;
                replace(a, matcher, text, at, end, out);
            }
            if (end > at) {
                at = end;
            } else if (at < text.m_length) {
                add(text, at, 1, out);
                at++;
            } else {
                break;
            }
            if (matcher.anchored()) {
                break;
            }
        }
        add(text, at, text.m_length - at, out);
        return LuaValue.varargsOf(LuaString.valueUsing(out.toByteArray()), LuaValue.valueOf(count));
    }

    private void add(LuaString text, int from, int length, ByteArrayOutputStream out) {
        if (length > 0) {
            bounds.allocate(2L * length);
            bounds.work(length / BYTES_PER_STEP);
            out.write(text.m_bytes, text.m_offset + from, length);
        }
    }

    private void replace(
            Arguments a, PatternMatcher matcher, LuaString text, int from, int to, ByteArrayOutputStream out) {
        LuaValue value = switch (a.get(3)) {
            case LuaTable table -> table.get(matcher.capture(0, from, to));
            case LuaFunction function -> function.invoke(matcher.all(from, to)).arg1();
            default -> LuaValue.NIL;
        };
        if (a.get(3).isstring()) {
            template(a.string(3), matcher, from, to, out);
        } else if (!value.toboolean()) {
            add(text, from, to - from, out);
        } else if (value.isstring()) {
            var string = BaseFunctions.text(value).checkstring();
            add(string, 0, string.m_length, out);
        } else {
            throw new ScriptError("invalid replacement value (a " + value.typename() + ")");
        }
    }

    private void template(LuaString text, PatternMatcher matcher, int from, int to, ByteArrayOutputStream out) {
        bounds.work(text.m_length / BYTES_PER_STEP);
        for (int i = 0; i < text.m_length; i++) {
            int c = text.m_bytes[text.m_offset + i];
            if (c != '%' || i + 1 == text.m_length) {
                bounds.allocate(2);
                out.write(c);
                continue;
            }
            int next = text.m_bytes[text.m_offset + ++i];
            if (next < '0' || next > '9') {
                out.write(next);
                continue;
            }
            var value = next == '0' ? matcher.whole(from, to) : matcher.capture(next - '1', from, to);
            var string = BaseFunctions.text(value).checkstring();
            add(string, 0, string.m_length, out);
        }
    }
}
