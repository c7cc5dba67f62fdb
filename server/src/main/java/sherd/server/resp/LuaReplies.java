package sherd.server.resp;

import java.nio.charset.StandardCharsets;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import sherd.engine.memory.OffHeap;
import sherd.server.script.Bounds;
import sherd.server.script.NumberText;

/** Between replies and what scripts see, both ways, as Redis documents it. */
final class LuaReplies {
    private static final int MAX_DEPTH = 500;
    private static final int VALUE_BYTES = 64;
    private static final int DOUBLE_DIGITS = 17;
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
            case ':' -> LuaValue.valueOf(number());
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

    // to a reply

    /**
     * Writes a value that a script has returned.
     *
     * @param booleans whether the script has asked for RESP3, where truth values are values of their own
     */
    static void write(LuaValue value, Reply reply, boolean booleans) {
        int size = reply.size();
        if (!write(value, reply, booleans, 0)) {
            reply.truncate(size);
            reply.error("ERR reached lua stack limit");
        }
    }

    private static boolean write(LuaValue value, Reply reply, boolean booleans, int depth) {
        if (depth > MAX_DEPTH) {
            return false;
        }
        switch (value) {
            case LuaString string -> bulk(string, reply);
            case LuaTable table -> {
                return table(table, reply, booleans, depth);
            }
            default -> {
                switch (value.type()) {
                    case LuaValue.TNUMBER -> reply.integer(truncated(value.todouble()));
                    case LuaValue.TBOOLEAN -> bool(value.toboolean(), reply, booleans);
                    default -> reply.nil();
                }
            }
        }
        return true;
    }

    /** What C makes of a number that fits nowhere is the least integer. */
    private static long truncated(double number) {
        return number >= -0x1p63 && number < 0x1p63 ? (long) number : Long.MIN_VALUE;
    }

    private static void bool(boolean value, Reply reply, boolean booleans) {
        if (booleans) {
            if (reply.resp3()) {
                raw(value ? "#t\r\n" : "#f\r\n", reply);
            } else {
                reply.bool(value);
            }
        } else if (value) {
            reply.integer(1);
        } else {
            reply.nil();
        }
    }

    private static void bulk(LuaString string, Reply reply) {
        var bytes = new byte[string.m_length];
        string.copyInto(0, bytes, 0, bytes.length);
        reply.bulk(bytes);
    }

    private static boolean table(LuaTable table, Reply reply, boolean booleans, int depth) {
        if (table.rawget("err") instanceof LuaString error) {
            reply.error(latin1(error));
        } else if (table.rawget("ok") instanceof LuaString status) {
            raw("+" + latin1(status).replace('\r', ' ').replace('\n', ' ') + "\r\n", reply);
        } else if (table.rawget("double").type() == LuaValue.TNUMBER) {
            var text = NumberText.general(table.rawget("double").todouble(), DOUBLE_DIGITS, false);
            if (reply.resp3()) {
                raw("," + text + "\r\n", reply);
            } else {
                reply.bulk(text);
            }
        } else if (table.rawget("big_number") instanceof LuaString digits) {
            var text = latin1(digits).replace('\r', ' ').replace('\n', ' ');
            if (reply.resp3()) {
                raw("(" + text + "\r\n", reply);
            } else {
                reply.bulk(text.getBytes(StandardCharsets.ISO_8859_1));
            }
        } else if (table.rawget("map") instanceof LuaTable map) {
            return entries(map, reply, booleans, depth, true);
        } else if (table.rawget("set") instanceof LuaTable set) {
            return entries(set, reply, booleans, depth, false);
        } else {
            return array(table, reply, booleans, depth);
        }
        return true;
    }

    private static boolean array(LuaTable table, Reply reply, boolean booleans, int depth) {
        int count = 0;
        while (!table.rawget(count + 1).isnil()) {
            count++;
        }
        reply.array(count);
        for (int i = 1; i <= count; i++) {
            if (!write(table.rawget(i), reply, booleans, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean entries(LuaTable table, Reply reply, boolean booleans, int depth, boolean values) {
        int count = table.keyCount();
        if (values) {
            reply.map(count);
        } else {
            reply.set(count);
        }
        for (var entry = table.next(LuaValue.NIL); !entry.arg1().isnil(); entry = table.next(entry.arg1())) {
            if (!write(entry.arg1(), reply, booleans, depth + 1)
                    || (values && !write(entry.arg(2), reply, booleans, depth + 1))) {
                return false;
            }
        }
        return true;
    }

    private static void raw(String text, Reply reply) {
        reply.raw(text.getBytes(StandardCharsets.ISO_8859_1));
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
