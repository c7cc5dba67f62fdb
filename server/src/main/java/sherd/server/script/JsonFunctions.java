package sherd.server.script;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaUserdata;
import org.luaj.vm2.LuaValue;

/** {@code cjson.*}: encode, decode and null. Lua strings are bytes and pass through as they are. */
final class JsonFunctions {
    private static final int MAX_DEPTH = 100;
    private static final int SPARSE = 10;
    private static final LuaValue NULL = new LuaUserdata("null");

    private final Bounds bounds;

    private JsonFunctions(Bounds bounds) {
        this.bounds = bounds;
    }

    static FrozenTable table(Bounds bounds) {
        var json = new JsonFunctions(bounds);
        var table = new FrozenTable();
        table.put(new NativeFunction("encode", a -> {
            var out = new ByteArrayOutputStream();
            json.encode(a.any(1), out, 0);
            return LuaString.valueUsing(out.toByteArray());
        }));
        table.put(new NativeFunction("decode", a -> new Decoder(bounds, BaseFunctions.bytes(a.string(1))).document()));
        table.put("null", NULL);
        return table;
    }

    private void put(ByteArrayOutputStream out, String text) {
        bounds.allocate(2L * text.length());
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void encode(LuaValue value, ByteArrayOutputStream out, int depth) {
        bounds.work(4);
        switch (value) {
            case LuaString string -> string(string, out);
            case LuaTable table -> encode(table, out, depth + 1);
            default -> {
                switch (value.type()) {
                    case LuaValue.TNUMBER -> put(out, number(value.todouble()));
                    case LuaValue.TBOOLEAN, LuaValue.TNIL -> put(out, value.isnil() ? "null" : value.tojstring());
                    case LuaValue.TUSERDATA -> put(out, "null");
                    default -> throw new ScriptError("Cannot serialise " + value.typename() + ": type not supported");
                }
            }
        }
    }

    private static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new ScriptError("Cannot serialise number: must not be NaN or Inf");
        }
        return NumberText.text(value);
    }

    private void encode(LuaTable table, ByteArrayOutputStream out, int depth) {
        if (depth > MAX_DEPTH) {
            throw new ScriptError("Cannot serialise, excessively nested (" + depth + ")");
        }
        long length = arrayLength(table);
        boolean more = false;
        if (length > 0) {
            put(out, "[");
            for (int i = 1; i <= length; i++) {
                put(out, more ? "," : "");
                encode(table.rawget(i), out, depth);
                more = true;
            }
            put(out, "]");
            return;
        }
        put(out, "{");
        for (var at = table.next(LuaValue.NIL); !at.arg1().isnil(); at = table.next(at.arg1())) {
            put(out, more ? "," : "");
            switch (at.arg1()) {
                case LuaString name -> string(name, out);
                default -> {
                    if (at.arg1().type() != LuaValue.TNUMBER) {
                        throw new ScriptError("Cannot serialise table: table key must be a number or string");
                    }
                    put(out, '"' + number(at.arg1().todouble()) + '"');
                }
            }
            put(out, ":");
            encode(at.arg(2), out, depth);
            more = true;
        }
        put(out, "}");
    }

    /** The highest index when all keys are positive whole numbers; 0 else. */
    private long arrayLength(LuaTable table) {
        double max = 0;
        long items = 0;
        for (var at = table.next(LuaValue.NIL); !at.arg1().isnil(); at = table.next(at.arg1())) {
            bounds.work(1);
            double key = at.arg1().type() == LuaValue.TNUMBER ? at.arg1().todouble() : 0;
            if (key < 1 || key != Math.floor(key)) {
                return 0;
            }
            max = Math.max(max, key);
            items++;
        }
        if (max > SPARSE && max > items * 2) {
            throw new ScriptError("Cannot serialise table: excessively sparse array");
        }
        return (long) max;
    }

    private void string(LuaString value, ByteArrayOutputStream out) {
        bounds.allocate(2L * value.m_length);
        bounds.work(value.m_length / 8);
        out.write('"');
        for (int i = 0; i < value.m_length; i++) {
            int c = value.m_bytes[value.m_offset + i];
            switch (c) {
                case '"' -> put(out, "\\\"");
                case '\\' -> put(out, "\\\\");
                case '/' -> put(out, "\\/");
                case '\b' -> put(out, "\\b");
                case '\f' -> put(out, "\\f");
                case '\n' -> put(out, "\\n");
                case '\r' -> put(out, "\\r");
                case '\t' -> put(out, "\\t");
                default -> {
                    if ((c >= 0 && c < 32) || c == 127) {
                        put(out, String.format(java.util.Locale.ROOT, "\\u%04x", c));
                    } else {
                        out.write(c);
                    }
                }
            }
        }
        out.write('"');
    }

    /** Reads one document. */
    private static final class Decoder {
        private static final String LITERAL_END = ",]} \t\r\n";

        private final Bounds bounds;
        private final byte[] text;
        private int at;

        Decoder(Bounds bounds, byte[] text) {
            this.bounds = bounds;
            this.text = text;
            bounds.allocate(text.length);
        }

        LuaValue document() {
            var value = value(1);
            if (peek() >= 0) {
                throw expected("the end");
            }
            return value;
        }

        /** The next byte that is no space, or -1 at the end; not consumed. */
        private int peek() {
            while (at < text.length && (text[at] == ' ' || (text[at] >= 9 && text[at] <= 13))) {
                at++;
            }
            return at < text.length ? text[at] & 0xFF : -1;
        }

        private ScriptError expected(String what) {
            var found = at >= text.length ? "T_END" : "invalid token";
            return new ScriptError("Expected " + what + " but found " + found + " at character " + (at + 1));
        }

        private LuaValue value(int depth) {
            bounds.work(4);
            if (depth > MAX_DEPTH * 10) {
                throw new ScriptError("Found too many nested data structures (" + depth + ")");
            }
            return switch (peek()) {
                case '{' -> object(depth);
                case '[' -> array(depth);
                case '"' -> string();
                default -> literal();
            };
        }

        private LuaValue object(int depth) {
            var table = new LuaTable();
            bounds.allocate(96);
            at++;
            if (peek() == '}') {
                at++;
                return table;
            }
            while (true) {
                if (peek() != '"') {
                    throw expected("object key string");
                }
                var name = string();
                if (peek() != ':') {
                    throw expected("colon");
                }
                at++;
                bounds.allocate(64);
                table.rawset(name, value(depth + 1));
                int next = peek();
                if (next != ',' && next != '}') {
                    throw expected("comma or object end");
                }
                at++;
                if (next == '}') {
                    return table;
                }
            }
        }

        private LuaValue array(int depth) {
            var table = new LuaTable();
            bounds.allocate(96);
            at++;
            if (peek() == ']') {
                at++;
                return table;
            }
            for (int index = 1; ; index++) {
                bounds.allocate(64);
                table.rawset(index, value(depth + 1));
                int next = peek();
                if (next != ',' && next != ']') {
                    throw expected("comma or array end");
                }
                at++;
                if (next == ']') {
                    return table;
                }
            }
        }

        private LuaValue literal() {
            int start = at;
            int end = at;
            while (end < text.length && LITERAL_END.indexOf(text[end]) < 0) {
                end++;
            }
            var word = new String(text, start, Math.min(end - start, 400), StandardCharsets.ISO_8859_1);
            var value = switch (word) {
                case "true" -> LuaValue.TRUE;
                case "false" -> LuaValue.FALSE;
                case "null" -> NULL;
                default -> LuaValue.valueOf(word).tonumber();
            };
            if (value.isnil()) {
                throw expected("value");
            }
            at = end;
            return value;
        }

        private LuaValue string() {
            var out = new ByteArrayOutputStream();
            int start = at++;
            while (at < text.length && text[at] != '"') {
                int c = text[at++];
                if (c == '\\') {
                    escape(out);
                } else {
                    out.write(c);
                }
            }
            if (at >= text.length) {
                at = start;
                throw expected("string end");
            }
            at++;
            bounds.allocate(48L + 2L * out.size());
            bounds.work(out.size() / 8);
            return LuaString.valueUsing(out.toByteArray());
        }

        private void escape(ByteArrayOutputStream out) {
            int c = at < text.length ? text[at++] : 0;
            switch (c) {
                case 'b' -> out.write('\b');
                case 'f' -> out.write('\f');
                case 'n' -> out.write('\n');
                case 'r' -> out.write('\r');
                case 't' -> out.write('\t');
                case '"', '\\', '/' -> out.write(c);
                case 'u' -> out.writeBytes(Character.toString(codePoint()).getBytes(StandardCharsets.UTF_8));
                default -> throw expected("escape code");
            }
        }

        private int codePoint() {
            int high = unit();
            if (Character.isHighSurrogate((char) high)
                    && at + 1 < text.length
                    && text[at] == '\\'
                    && text[at + 1] == 'u') {
                at += 2;
                return Character.toCodePoint((char) high, (char) unit());
            }
            return high;
        }

        private int unit() {
            if (at + 4 > text.length) {
                throw expected("unicode escape");
            }
            int value = 0;
            for (int i = 0; i < 4; i++) {
                int digit = Character.digit(text[at + i], 16);
                if (digit < 0) {
                    throw expected("unicode escape");
                }
                value = value * 16 + digit;
            }
            at += 4;
            return value;
        }
    }
}
