package sherd.server.script;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;

/** {@code string.format}: C's conversions, as far as Lua 5.1 has them. */
final class FormatFunction {
    private static final int MAX_WIDTH = 99;

    private final Bounds bounds;

    FormatFunction(Bounds bounds) {
        this.bounds = bounds;
    }

    /** What stands between the percent sign and the letter. */
    private record Directive(String flags, int width, int precision) {
        boolean has(char flag) {
            return flags.indexOf(flag) >= 0;
        }

        byte[] padded(String text, boolean number) {
            var body = text;
            if (number && has('+') && !body.startsWith("-")) {
                body = "+" + body;
            } else if (number && has(' ') && !body.startsWith("-")) {
                body = " " + body;
            }
            int missing = width - body.length();
            if (missing > 0) {
                if (has('-')) {
                    body = body + " ".repeat(missing);
                } else if (number && has('0')) {
                    int sign = !body.isEmpty() && "+- ".indexOf(body.charAt(0)) >= 0 ? 1 : 0;
                    body = body.substring(0, sign) + "0".repeat(missing) + body.substring(sign);
                } else {
                    body = " ".repeat(missing) + body;
                }
            }
            return body.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    LuaValue run(Arguments a) {
        var format = BaseFunctions.bytes(a.string(1));
        var out = new ByteArrayOutputStream();
        int argument = 1;
        bounds.work(format.length / 4);
        bounds.allocate(format.length * 2L);
        for (int i = 0; i < format.length; i++) {
            if (format[i] != '%') {
                out.write(format[i]);
            } else if (++i < format.length && format[i] == '%') {
                out.write('%');
            } else {
                int start = i;
                while (i < format.length && "-+ #0".indexOf(format[i]) >= 0) {
                    i++;
                }
                int flagsEnd = i;
                if (flagsEnd - start > 5) {
                    throw new ScriptError("invalid format (repeated flags)");
                }
                i = digits(format, i);
                int width = number(format, flagsEnd, i, 0);
                int precision = -1;
                if (i < format.length && format[i] == '.') {
                    int from = ++i;
                    i = digits(format, i);
                    precision = number(format, from, i, 0);
                }
                if (width > MAX_WIDTH || precision > MAX_WIDTH) {
                    throw new ScriptError("invalid format (width or precision too long)");
                }
                var flags = new String(format, start, flagsEnd - start, StandardCharsets.ISO_8859_1);
                char letter = i < format.length ? (char) (format[i] & 0xFF) : 0;
                convert(a, ++argument, letter, new Directive(flags, width, precision), out);
            }
        }
        return LuaString.valueUsing(out.toByteArray());
    }

    private static int digits(byte[] format, int from) {
        int at = from;
        while (at < format.length && format[at] >= '0' && format[at] <= '9') {
            at++;
        }
        return at;
    }

    private static int number(byte[] format, int from, int to, int otherwise) {
        if (to - from > 2) {
            return MAX_WIDTH + 1;
        }
        return to == from
                ? otherwise
                : Integer.parseInt(new String(format, from, to - from, StandardCharsets.ISO_8859_1));
    }

    private void convert(Arguments a, int argument, char letter, Directive d, ByteArrayOutputStream out) {
        switch (letter) {
            case 'd', 'i' -> out.writeBytes(d.padded(integer(a.integer(argument), 10, d), true));
            case 'u' -> out.writeBytes(d.padded(Long.toUnsignedString(a.integer(argument)), false));
            case 'o' -> out.writeBytes(d.padded(Long.toOctalString(a.integer(argument)), true));
            case 'x' -> out.writeBytes(d.padded(hexadecimal(a.integer(argument), d, false), true));
            case 'X' -> out.writeBytes(d.padded(hexadecimal(a.integer(argument), d, true), true));
            case 'c' -> out.write((int) a.integer(argument));
            case 'e', 'E', 'f', 'g', 'G' -> {
                var text = fraction(a.number(argument), Character.toLowerCase(letter), d);
                var cased = Character.isUpperCase(letter) ? text.toUpperCase(java.util.Locale.ROOT) : text;
                out.writeBytes(d.padded(cased, true));
            }
            case 'q' -> quote(a.string(argument), out);
            case 's' -> string(a.string(argument), d, out);
            default -> throw new ScriptError("invalid option '%" + (letter == 0 ? "" : letter) + "' to 'format'");
        }
    }

    private static String integer(long value, int radix, Directive d) {
        return atLeast(Long.toString(value, radix), d.precision());
    }

    private static String hexadecimal(long value, Directive d, boolean upper) {
        var text = atLeast(Long.toHexString(value), d.precision());
        if (d.has('#') && value != 0) {
            text = "0x" + text;
        }
        return upper ? text.toUpperCase(java.util.Locale.ROOT) : text;
    }

    private static String atLeast(String digits, int precision) {
        var sign = digits.startsWith("-") ? "-" : "";
        int missing = precision - (digits.length() - sign.length());
        return missing > 0 ? sign + "0".repeat(missing) + digits.substring(sign.length()) : digits;
    }

    private static String fraction(double value, char letter, Directive d) {
        int precision = d.precision() < 0 ? 6 : d.precision();
        return switch (letter) {
            case 'e' -> NumberText.scientific(value, precision);
            case 'f' -> NumberText.fixed(value, precision);
            default -> NumberText.general(value, precision, d.has('#'));
        };
    }

    private void string(LuaString value, Directive d, ByteArrayOutputStream out) {
        int length = d.precision() >= 0 ? Math.min(d.precision(), value.m_length) : value.m_length;
        bounds.allocate(2L * length + d.width());
        bounds.work(length / 32);
        int missing = d.width() - length;
        if (!d.has('-')) {
            out.writeBytes(" ".repeat(Math.max(0, missing)).getBytes(StandardCharsets.US_ASCII));
        }
        out.write(value.m_bytes, value.m_offset, length);
        if (d.has('-')) {
            out.writeBytes(" ".repeat(Math.max(0, missing)).getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void quote(LuaString value, ByteArrayOutputStream out) {
        bounds.allocate(4L * value.m_length);
        bounds.work(value.m_length);
        out.write('"');
        for (int i = 0; i < value.m_length; i++) {
            int c = value.m_bytes[value.m_offset + i];
            switch (c) {
                case '"', '\\', '\n' -> {
                    out.write('\\');
                    out.write(c);
                }
                case '\r' -> out.writeBytes(new byte[] {'\\', 'r'});
                case 0 -> out.writeBytes(new byte[] {'\\', '0', '0', '0'});
                default -> out.write(c);
            }
        }
        out.write('"');
    }
}
