package sherd.server.resp;

import java.nio.charset.StandardCharsets;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import sherd.engine.memory.OffHeap;
import sherd.server.script.Bounds;

/** From replies to what scripts see of them, as Redis documents it. */
final class LuaReplies {
    private static final int VALUE_BYTES = 64;
    private static final int SHOWN = 128;

    private final Bounds bounds;
    private long at;

    /** Reads a reply at an address. */
    LuaReplies(long address, Bounds bounds) {
        at = address;
        this.bounds = bounds;
    }

    // from a reply

    LuaValue read() {
        bounds.allocate(VALUE_BYTES);
        bounds.work(1);
        char type = (char) OffHeap.getByte(at++);
        return switch (type) {
            case '+' -> single("ok", line());
            case '-' -> single("err", line());
            case ':' -> LuaValue.valueOf((double) number());
            case '$' -> bulk();
            case '*' -> array();
            case '_' -> {
                line();
                yield LuaValue.NIL;
            }
            case '#' -> LuaValue.valueOf(line().tojstring().equals("t"));
            case ',' -> single("double", line().tonumber());
            case '(' -> single("big_number", line());
            case '%' -> map();
            case '~' -> set();
            case '=' -> verbatim();
            default -> throw new IllegalStateException("a command answered with a reply of no type: " + (int) type);
        };
    }

    private LuaString line() {
        long from = at;
        while (OffHeap.getByte(at) != '\r') {
            at++;
        }
        var text = bytes(from, (int) (at - from));
        at += 2;
        return text;
    }

    private static LuaString bytes(long address, int length) {
        return LuaString.valueUsing(OffHeap.toArray(address, length));
    }

    private long number() {
        return Long.parseLong(line().tojstring());
    }

    private LuaValue bulk() {
        int length = (int) number();
        if (length < 0) {
            return LuaValue.FALSE;
        }
        var text = bytes(at, length);
        at += length + 2;
        return text;
    }

    private LuaValue array() {
        int count = (int) number();
        if (count < 0) {
            return LuaValue.FALSE;
        }
        var table = new LuaTable(count, 0);
        for (int i = 1; i <= count; i++) {
            table.rawset(i, read());
        }
        return table;
    }

    private LuaValue map() {
        int count = (int) number();
        var table = new LuaTable();
        for (int i = 0; i < count; i++) {
            var key = read();
            table.rawset(key, read());
        }
        return single("map", table);
    }

    private LuaValue set() {
        int count = (int) number();
        var table = new LuaTable();
        for (int i = 0; i < count; i++) {
            table.rawset(read(), LuaValue.TRUE);
        }
        return single("set", table);
    }

    private LuaValue verbatim() {
        var text = bulk().checkstring();
        var parts = single("format", text.substring(0, 3));
        parts.rawset("string", text.substring(4, text.m_length));
        return single("verbatim_string", parts);
    }

    static LuaTable single(String field, LuaValue value) {
        var table = new LuaTable();
        table.rawset(field, value);
        return table;
    }

    // strings of bytes

    static LuaString string(String latin1) {
        return LuaString.valueUsing(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The bytes of a string, each a character; of other values their text. */
    static String latin1(LuaValue value) {
        return value instanceof LuaString string
                ? new String(string.m_bytes, string.m_offset, string.m_length, StandardCharsets.ISO_8859_1)
                : value.tojstring();
    }

    /** For people: not long, and without what would break a line. */
    static String shown(LuaValue value) {
        var text = latin1(value);
        var part = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
        return part.replaceAll("[\\x00-\\x1f\\x7f]", "?");
    }
}
