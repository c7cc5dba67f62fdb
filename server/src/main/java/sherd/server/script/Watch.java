package sherd.server.script;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Lua;
import org.luaj.vm2.LuaClosure;
import org.luaj.vm2.LuaDouble;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.lib.DebugLib;

/**
 * Sees every instruction before the interpreter executes it: counts it, bounds the memory it takes, and mends what the
 * interpreter would do otherwise than Lua 5.1. Nothing of it is reachable from scripts.
 */
final class Watch extends DebugLib {
    /** Calls of Lua functions inside each other; each is some frames of the thread's own stack. */
    static final int MAX_DEPTH = 200;

    private static final int TABLE_BYTES = 96;
    private static final int ENTRY_BYTES = 64;
    private static final int CLOSURE_BYTES = 96;
    private static final int STRING_BYTES = 48;
    private static final int BYTES_PER_STEP = 32;
    private static final int CONSTANT = 0x100;

    private final Bounds bounds;
    private final Frame[] frames = new Frame[MAX_DEPTH];
    private int depth;
    private @Nullable Frame failed;
    /** What has called one of our functions as its last act: the interpreter has left it by then. */
    private @Nullable Frame tail;

    /** Where a running function is. */
    static final class Frame {
        LuaClosure function;
        LuaValue[] stack;
        int pc;

        Frame(LuaClosure function, LuaValue[] stack) {
            this.function = function;
            this.stack = stack;
        }

        int line() {
            var lines = function.p.lineinfo;
            return lines != null && pc >= 0 && pc < lines.length ? lines[pc] : 0;
        }

        String source() {
            return function.p.source.tojstring();
        }

        /** As a prefix of messages. */
        String place() {
            return Lua.chunkid(source()) + ":" + line() + ": ";
        }
    }

    Watch(Bounds bounds) {
        this.bounds = bounds;
    }

    /** Forgets the last run and lets go of what it had on its stacks. */
    void reset() {
        depth = 0;
        failed = null;
        tail = null;
        Arrays.fill(frames, null);
    }

    /** Before something whose failure is to be told from an earlier one. */
    void forgetFailure() {
        failed = null;
        tail = null;
    }

    /** Where the last error came from; null if from outside of Lua functions. */
    @Nullable
    Frame failed() {
        return failed == null ? tail : failed;
    }

    /** The running Lua function (1), or the one that called it (2), ...; null if there is none. */
    @Nullable
    Frame frame(long level) {
        if (tail != null && level == 1) {
            return tail;
        }
        long above = tail == null ? level : level - 1;
        return above >= 1 && above <= depth ? frames[(int) (depth - above)] : null;
    }

    int depth() {
        return depth;
    }

    /** After a failure was caught that has passed some functions by. */
    void unwindTo(int level) {
        depth = level;
    }

    /** What a script that catches this error sees. */
    LuaValue valueOf(LuaError error) {
        var at = failed();
        var place = at == null ? "" : at.place();
        if (error instanceof ScriptError raised && !raised.placed()) {
            return raised.value();
        }
        return LuaValue.valueOf(place + (at == null ? error.getMessage() : Blame.of(at, error)));
    }

    // what the interpreter calls

    @Override
    public void onCall(LuaClosure function, Varargs arguments, LuaValue[] stack) {
        if (depth == MAX_DEPTH) {
            throw new ScriptError("stack overflow");
        }
        var frame = frames[depth];
        if (frame == null || frame == failed) {
            frame = new Frame(function, stack);
            frames[depth] = frame;
        } else {
            frame.function = function;
            frame.stack = stack;
        }
        frame.pc = 0;
        tail = null;
        depth++;
        bounds.work(1);
    }

    @Override
    public void onReturn() {
        depth--;
    }

    /** Called while an error leaves the function in which it happened. */
    @Override
    public String traceback(int level) {
        failed = tail == null && depth > 0 ? frames[depth - 1] : tail;
        return "";
    }

    @Override
    public void onInstruction(int pc, Varargs more, int top) {
        var frame = frames[depth - 1];
        frame.pc = pc;
        tail = null;
        bounds.work(1);
        int instruction = frame.function.p.code[pc];
        switch (Lua.GET_OPCODE(instruction)) {
            case Lua.OP_CONCAT -> concat(frame.stack, Lua.GETARG_B(instruction), Lua.GETARG_C(instruction));
            case Lua.OP_NEWTABLE ->
                bounds.allocate(TABLE_BYTES + 16L * (Lua.GETARG_B(instruction) + (long) Lua.GETARG_C(instruction)));
            case Lua.OP_SETTABLE -> store(frame, instruction);
            case Lua.OP_SETLIST ->
                bounds.allocate(16L * (Lua.GETARG_B(instruction) > 0 ? Lua.GETARG_B(instruction) : Math.max(0, top)));
            case Lua.OP_VARARG -> bounds.work(Lua.GETARG_B(instruction) == 0 ? 4 : 1);
            case Lua.OP_CLOSURE -> bounds.allocate(CLOSURE_BYTES);
            case Lua.OP_GETTABLE, Lua.OP_SELF -> weigh(operand(frame, Lua.GETARG_C(instruction)));
            case Lua.OP_EQ, Lua.OP_LT, Lua.OP_LE -> {
                weigh(operand(frame, Lua.GETARG_B(instruction)));
                weigh(operand(frame, Lua.GETARG_C(instruction)));
            }
            case Lua.OP_TAILCALL -> tailCall(frame, frame.stack[Lua.GETARG_A(instruction)]);
            default -> {}
        }
    }

    private static LuaValue operand(Frame frame, int index) {
        return index >= CONSTANT ? frame.function.p.k[index - CONSTANT] : frame.stack[index];
    }

    /** A string that is compared or looked up is work that grows with its length. */
    private void weigh(LuaValue value) {
        if (value instanceof LuaString string && string.m_length > BYTES_PER_STEP) {
            bounds.work(string.m_length / BYTES_PER_STEP);
        }
    }

    private void store(Frame frame, int instruction) {
        var key = operand(frame, Lua.GETARG_B(instruction));
        weigh(key);
        if (frame.stack[Lua.GETARG_A(instruction)] instanceof LuaTable table
                && !key.isnil()
                && table.rawget(key).isnil()) {
            bounds.allocate(ENTRY_BYTES);
        }
    }

    /** Numbers become strings as in C, and the result is paid for. */
    private void concat(LuaValue[] stack, int from, int to) {
        long length = STRING_BYTES;
        for (int i = from; i <= to; i++) {
            if (stack[i] instanceof LuaDouble number) {
                stack[i] = NumberText.string(number.todouble());
            }
            length += stack[i] instanceof LuaString string ? string.m_length : STRING_BYTES;
        }
        bounds.allocate(length);
        bounds.work(length / BYTES_PER_STEP);
    }

    /** The interpreter leaves the function before it finds out; the error would be told of the wrong place. */
    private void tailCall(Frame frame, LuaValue called) {
        if (called instanceof NativeFunction) {
            tail = new Frame(frame.function, frame.stack);
            tail.pc = frame.pc;
        } else if (!called.isfunction() && called.metatag(LuaValue.CALL).isnil()) {
            throw new LuaError("attempt to call");
        }
    }
}
