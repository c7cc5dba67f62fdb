package sherd.server.script;

import org.luaj.vm2.LuaFunction;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/** What a function was called with; numbered from 1. Complains as Lua 5.1 does. */
public final class Arguments {
    private final String function;
    private final Varargs values;

    Arguments(String function, Varargs values) {
        this.function = function;
        this.values = values;
    }

    public int count() {
        return values.narg();
    }

    public Varargs from(int index) {
        return values.subargs(index);
    }

    Varargs all() {
        return values;
    }

    /** Nil if there is none. */
    public LuaValue get(int index) {
        return values.arg(index);
    }

    boolean has(int index) {
        return !values.arg(index).isnil();
    }

    LuaValue any(int index) {
        if (index > count()) {
            throw wrong(index, "value expected");
        }
        return values.arg(index);
    }

    LuaString string(int index) {
        var value = values.arg(index);
        if (value instanceof LuaString string) {
            return string;
        }
        if (value.isnumber()) {
            return NumberText.string(value.todouble());
        }
        throw wrongType(index, "string");
    }

    LuaTable table(int index) {
        if (values.arg(index) instanceof LuaTable table) {
            return table;
        }
        throw wrongType(index, "table");
    }

    LuaFunction function(int index) {
        if (values.arg(index) instanceof LuaFunction body) {
            return body;
        }
        throw wrongType(index, "function");
    }

    double number(int index) {
        var number = values.arg(index).tonumber();
        if (number.isnil()) {
            throw wrongType(index, "number");
        }
        return number.todouble();
    }

    /** Truncated. */
    public long integer(int index) {
        return (long) number(index);
    }

    long integer(int index, long otherwise) {
        return has(index) ? integer(index) : otherwise;
    }

    ScriptError wrong(int index, String what) {
        return new ScriptError("bad argument #" + index + " to '" + function + "' (" + what + ")", index);
    }

    ScriptError wrongType(int index, String expected) {
        var got = index > count() ? "no value" : values.arg(index).typename();
        return wrong(index, expected + " expected, got " + got);
    }
}
