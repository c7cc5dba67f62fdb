package sherd.server.script;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** {@code table.*} */
final class TableFunctions {
    private static final int ENTRY_BYTES = 64;

    private final Bounds bounds;

    TableFunctions(Bounds bounds) {
        this.bounds = bounds;
    }

    List<NativeFunction> all() {
        return List.of(
                new NativeFunction("insert", this::insert),
                new NativeFunction("remove", this::remove),
                new NativeFunction("concat", this::concat),
                new NativeFunction("sort", this::sort),
                new NativeFunction("getn", a -> LuaValue.valueOf(a.table(1).rawlen())),
                new NativeFunction("maxn", this::maxNumber),
                new NativeFunction("foreach", TableFunctions::forEach),
                new NativeFunction("foreachi", TableFunctions::forEachIndex));
    }

    private Varargs insert(Arguments a) {
        var table = a.table(1);
        int end = table.rawlen() + 1;
        long position = end;
        if (a.count() == 3) {
            position = a.integer(2);
        } else if (a.count() != 2) {
            throw new ScriptError("wrong number of arguments to 'insert'");
        }
        bounds.allocate(ENTRY_BYTES);
        long last = Math.max(end, position);
        bounds.work(last - Math.min(position, last));
        for (long i = last; i > position; i--) {
            table.rawset((int) i, table.rawget((int) i - 1));
        }
        table.rawset((int) position, a.get(a.count()));
        return LuaValue.NONE;
    }

    private Varargs remove(Arguments a) {
        var table = a.table(1);
        int end = table.rawlen();
        long position = a.integer(2, end);
        if (position < 1 || position > end) {
            return LuaValue.NONE;
        }
        bounds.work(end - position);
        var removed = table.rawget((int) position);
        for (int i = (int) position; i < end; i++) {
            table.rawset(i, table.rawget(i + 1));
        }
        table.rawset(end, LuaValue.NIL);
        return removed;
    }

    private LuaValue concat(Arguments a) {
        var table = a.table(1);
        var separator = a.has(2) ? a.string(2) : LuaValue.EMPTYSTRING;
        long from = a.integer(3, 1);
        long to = a.has(4) ? a.integer(4) : table.rawlen();
        var text = new ByteArrayOutputStream();
        for (long i = from; i <= to; i++) {
            var value = table.rawget((int) i);
            if (!value.isstring()) {
                throw new ScriptError(
                        "invalid value (" + value.typename() + ") at index " + i + " in table for 'concat'");
            }
            append(text, value instanceof LuaString string ? string : NumberText.string(value.todouble()));
            if (i < to) {
                append(text, separator);
            }
        }
        return LuaString.valueUsing(text.toByteArray());
    }

    private void append(ByteArrayOutputStream text, LuaString part) {
        bounds.allocate(2L * part.m_length);
        bounds.work(1 + part.m_length / 32);
        text.write(part.m_bytes, part.m_offset, part.m_length);
    }

    private Varargs sort(Arguments a) {
        var table = a.table(1);
        if (table instanceof Frozen) {
            throw Frozen.refusal();
        }
        var order = a.has(2) ? a.function(2) : LuaValue.NIL;
        int size = table.rawlen();
        var values = new LuaValue[size];
        bounds.allocate(16L * size);
        for (int i = 0; i < size; i++) {
            values[i] = table.rawget(i + 1);
        }
        for (int root = size / 2 - 1; root >= 0; root--) {
            sink(values, root, size, order);
        }
        for (int end = size - 1; end > 0; end--) {
            swap(values, 0, end);
            sink(values, 0, end, order);
        }
        for (int i = 0; i < size; i++) {
            table.rawset(i + 1, values[i]);
        }
        return LuaValue.NONE;
    }

    /** One step of a heap sort: whatever the order function answers, it ends. */
    private void sink(LuaValue[] values, int from, int end, LuaValue order) {
        int at = from;
        while (2 * at + 1 < end) {
            int child = 2 * at + 1;
            if (child + 1 < end && less(values[child], values[child + 1], order)) {
                child++;
            }
            if (!less(values[at], values[child], order)) {
                return;
            }
            swap(values, at, child);
            at = child;
        }
    }

    private static void swap(LuaValue[] values, int one, int other) {
        var kept = values[one];
        values[one] = values[other];
        values[other] = kept;
    }

    private boolean less(LuaValue left, LuaValue right, LuaValue order) {
        bounds.work(left instanceof LuaString string ? 2 + string.m_length / 32 : 2);
        if (!order.isnil()) {
            return order.call(left, right).toboolean();
        }
        boolean comparable = left.typename().equals(right.typename())
                && (left.isstring() || !left.metatag(LuaValue.LT).isnil());
        if (!comparable) {
            throw new ScriptError(
                    left.typename().equals(right.typename())
                            ? "attempt to compare two " + left.typename() + " values"
                            : "attempt to compare " + left.typename() + " with " + right.typename());
        }
        return left.lt_b(right);
    }

    private LuaValue maxNumber(Arguments a) {
        double max = 0;
        var at = a.table(1).next(LuaValue.NIL);
        while (!at.arg1().isnil()) {
            bounds.work(1);
            if (at.arg1().type() == LuaValue.TNUMBER) {
                max = Math.max(max, at.arg1().todouble());
            }
            at = a.table(1).next(at.arg1());
        }
        return LuaValue.valueOf(max);
    }

    private static LuaValue forEach(Arguments a) {
        LuaTable table = a.table(1);
        var body = a.function(2);
        for (var at = table.next(LuaValue.NIL); !at.arg1().isnil(); at = table.next(at.arg1())) {
            var result = body.call(at.arg1(), at.arg(2));
            if (!result.isnil()) {
                return result;
            }
        }
        return LuaValue.NIL;
    }

    private static LuaValue forEachIndex(Arguments a) {
        var table = a.table(1);
        var body = a.function(2);
        int size = table.rawlen();
        for (int i = 1; i <= size; i++) {
            var result = body.call(LuaValue.valueOf(i), table.rawget(i));
            if (!result.isnil()) {
                return result;
            }
        }
        return LuaValue.NIL;
    }
}
