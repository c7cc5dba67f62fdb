package sherd.server.script;

import org.luaj.vm2.Lua;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Prototype;

/** Says what was wrong with an instruction that failed, with the name of the culprit, in Lua 5.1's words. */
final class Blame {
    private static final int CONSTANT = 0x100;
    private static final String ENVIRONMENT = "_ENV";

    private final Watch.Frame frame;
    private final Prototype code;
    private final int instruction;

    private Blame(Watch.Frame frame) {
        this.frame = frame;
        code = frame.function.p;
        instruction = code.code[frame.pc];
    }

    static String of(Watch.Frame frame, LuaError error) {
        return new Blame(frame).text(error);
    }

    /** In a call of a method, its writer does not count the object. */
    private String counted(ScriptError error) {
        var text = error.value().tojstring();
        int index = error.argument();
        if (index == 0 || !calls() || !name(Lua.GETARG_A(instruction), frame.pc).startsWith("method")) {
            return text;
        }
        var bad = "bad argument #" + index + " to ";
        return index > 1
                ? "bad argument #" + (index - 1) + " to " + text.substring(bad.length())
                : "calling " + text.substring(bad.length()).replaceFirst(" \\(", " on bad self (");
    }

    private boolean calls() {
        int opcode = Lua.GET_OPCODE(instruction);
        return opcode == Lua.OP_CALL || opcode == Lua.OP_TAILCALL;
    }

    private String text(LuaError error) {
        if (error instanceof ScriptError raised) {
            return counted(raised);
        }
        int a = Lua.GETARG_A(instruction);
        int b = Lua.GETARG_B(instruction);
        int c = Lua.GETARG_C(instruction);
        return switch (Lua.GET_OPCODE(instruction)) {
            case Lua.OP_GETTABLE, Lua.OP_SELF ->
                value(b) instanceof LuaTable ? plain(error) : "attempt to index " + described(b);
            case Lua.OP_SETTABLE ->
                value(a) instanceof LuaTable ? badKey(value(b), error) : "attempt to index " + described(a);
            case Lua.OP_GETTABUP -> "attempt to index upvalue '" + code.upvalues[b].name + "' (a nil value)";
            case Lua.OP_SETTABUP -> "attempt to index upvalue '" + code.upvalues[a].name + "' (a nil value)";
            case Lua.OP_ADD, Lua.OP_SUB, Lua.OP_MUL, Lua.OP_DIV, Lua.OP_MOD, Lua.OP_POW ->
                "attempt to perform arithmetic on " + described(value(b).isnumber() ? c : b);
            case Lua.OP_UNM -> "attempt to perform arithmetic on " + described(b);
            case Lua.OP_LEN -> "attempt to get length of " + described(b);
            case Lua.OP_CONCAT -> "attempt to concatenate " + described(unjoinable(b, c));
            case Lua.OP_CALL, Lua.OP_TAILCALL, Lua.OP_TFORCALL ->
                value(a).isfunction() ? plain(error) : "attempt to call " + described(a);
            case Lua.OP_EQ, Lua.OP_LT, Lua.OP_LE -> compared(value(b), value(c));
            default -> plain(error);
        };
    }

    /** What the interpreter says itself; its own idea of the place, before a space, is left out. */
    private String plain(LuaError error) {
        var message = String.valueOf(error.getMessage());
        var place = frame.source() + ":" + frame.line() + " ";
        return (message.startsWith(place) ? message.substring(place.length()) : message).strip();
    }

    private String badKey(LuaValue key, LuaError error) {
        if (key.isvalidkey()) {
            return plain(error);
        }
        return key.isnil() ? "table index is nil" : "table index is NaN";
    }

    private static String compared(LuaValue left, LuaValue right) {
        return left.typename().equals(right.typename())
                ? "attempt to compare two " + left.typename() + " values"
                : "attempt to compare " + left.typename() + " with " + right.typename();
    }

    private int unjoinable(int from, int to) {
        for (int i = to; i > from; i--) {
            if (!value(i - 1).isstring()) {
                return i - 1;
            }
            if (!value(i).isstring()) {
                return i;
            }
        }
        return from;
    }

    private LuaValue value(int operand) {
        return operand >= CONSTANT ? code.k[operand - CONSTANT] : frame.stack[operand];
    }

    private String described(int operand) {
        var type = value(operand).typename();
        var name = operand >= CONSTANT ? "" : name(operand, frame.pc);
        return name.isEmpty() ? "a " + type + " value" : name + " (a " + type + " value)";
    }

    /** Kind and name of what a register holds; empty if it has none. */
    private String name(int register, int at) {
        var local = code.getlocalname(register + 1, at);
        if (local != null) {
            var text = local.tojstring();
            return text.startsWith("(") ? "" : "local '" + text + "'";
        }
        int setter = lastSetter(register, at);
        if (setter < 0) {
            return "";
        }
        int found = code.code[setter];
        int b = Lua.GETARG_B(found);
        return switch (Lua.GET_OPCODE(found)) {
            case Lua.OP_MOVE -> b < register ? name(b, setter) : "";
            case Lua.OP_GETTABUP ->
                (ENVIRONMENT.equals(code.upvalues[b].name.tojstring()) ? "global '" : "field '") + key(found) + "'";
            case Lua.OP_GETTABLE -> "field '" + key(found) + "'";
            case Lua.OP_SELF -> "method '" + key(found) + "'";
            case Lua.OP_GETUPVAL -> "upvalue '" + code.upvalues[b].name.tojstring() + "'";
            default -> "";
        };
    }

    private String key(int getter) {
        int operand = Lua.GETARG_C(getter);
        return operand >= CONSTANT && code.k[operand - CONSTANT] instanceof LuaString name ? name.tojstring() : "?";
    }

    /** The last instruction before this one, read straight, that wrote the register; -1 if none. */
    private int lastSetter(int register, int before) {
        for (int pc = before - 1; pc >= 0; pc--) {
            int i = code.code[pc];
            int opcode = Lua.GET_OPCODE(i);
            int a = Lua.GETARG_A(i);
            boolean sets = switch (opcode) {
                case Lua.OP_LOADNIL -> a <= register && register <= a + Lua.GETARG_B(i);
                case Lua.OP_CALL, Lua.OP_TAILCALL -> register >= a;
                case Lua.OP_TFORCALL -> register >= a + 2;
                case Lua.OP_SELF -> register == a || register == a + 1;
                default -> Lua.testAMode(opcode) && register == a;
            };
            if (sets) {
                return opcode == Lua.OP_SELF && register != a ? -1 : pc;
            }
        }
        return -1;
    }
}
