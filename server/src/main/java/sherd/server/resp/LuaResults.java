package sherd.server.resp;

import java.nio.charset.StandardCharsets;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import sherd.server.script.Bounds;
import sherd.server.script.NumberText;

/** From what a script returns to its reply, as Redis documents it. Tables may share parts, so this is work too. */
final class LuaResults {
    private static final int MAX_DEPTH = 500;
    private static final int DOUBLE_DIGITS = 17;
    private static final int BYTES_PER_STEP = 32;

    private final Reply reply;
    private final boolean booleans;
    private final Bounds bounds;

    /**
     * Writes to a reply.
     *
     * @param booleans whether the script has asked for RESP3, where truth values are values of their own
     */
    LuaResults(Reply reply, boolean booleans, Bounds bounds) {
        this.reply = reply;
        this.booleans = booleans;
        this.bounds = bounds;
    }

    void write(LuaValue value) {
        int size = reply.size();
        if (!write(value, 0)) {
            reply.truncate(size);
            reply.error("ERR reached lua stack limit");
        }
    }

    private boolean write(LuaValue value, int depth) {
        bounds.work(2);
        if (depth > MAX_DEPTH) {
            return false;
        }
        switch (value) {
            case LuaString string -> bulk(string);
            case LuaTable table -> {
                return table(table, depth);
            }
            default -> {
                switch (value.type()) {
                    case LuaValue.TNUMBER -> reply.integer(truncated(value.todouble()));
                    case LuaValue.TBOOLEAN -> bool(value.toboolean());
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

    private void bool(boolean value) {
        if (booleans) {
            if (reply.resp3()) {
                raw(value ? "#t\r\n" : "#f\r\n");
            } else {
                reply.bool(value);
            }
        } else if (value) {
            reply.integer(1);
        } else {
            reply.nil();
        }
    }

    private void bulk(LuaString string) {
        bounds.work(string.m_length / BYTES_PER_STEP);
        var bytes = new byte[string.m_length];
        string.copyInto(0, bytes, 0, bytes.length);
        reply.bulk(bytes);
    }

    private boolean table(LuaTable table, int depth) {
        if (table.rawget("err") instanceof LuaString error) {
            reply.error(LuaReplies.latin1(error));
        } else if (table.rawget("ok") instanceof LuaString status) {
            raw("+" + LuaReplies.latin1(status).replace('\r', ' ').replace('\n', ' ') + "\r\n");
        } else if (table.rawget("double").type() == LuaValue.TNUMBER) {
            var text = NumberText.general(table.rawget("double").todouble(), DOUBLE_DIGITS, false);
            if (reply.resp3()) {
                raw("," + text + "\r\n");
            } else {
                reply.bulk(text);
            }
        } else if (table.rawget("big_number") instanceof LuaString digits) {
            var text = LuaReplies.latin1(digits).replace('\r', ' ').replace('\n', ' ');
            if (reply.resp3()) {
                raw("(" + text + "\r\n");
            } else {
                reply.bulk(text.getBytes(StandardCharsets.ISO_8859_1));
            }
        } else if (table.rawget("map") instanceof LuaTable map) {
            return entries(map, depth, true);
        } else if (table.rawget("set") instanceof LuaTable set) {
            return entries(set, depth, false);
        } else {
            return array(table, depth);
        }
        return true;
    }

    private boolean array(LuaTable table, int depth) {
        int count = 0;
        while (!table.rawget(count + 1).isnil()) {
            count++;
        }
        reply.array(count);
        for (int i = 1; i <= count; i++) {
            if (!write(table.rawget(i), depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private boolean entries(LuaTable table, int depth, boolean values) {
        int count = table.keyCount();
        if (values) {
            reply.map(count);
        } else {
            reply.set(count);
        }
        for (var entry = table.next(LuaValue.NIL); !entry.arg1().isnil(); entry = table.next(entry.arg1())) {
            if (!write(entry.arg1(), depth + 1) || (values && !write(entry.arg(2), depth + 1))) {
                return false;
            }
        }
        return true;
    }

    private void raw(String text) {
        reply.raw(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
