package sherd.server.script;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import org.luaj.vm2.LuaString;

/** Numbers as C prints them; the interpreter's own text of a fraction has seven digits only. */
public final class NumberText {
    private static final int LUA_DIGITS = 14;
    private static final double PLAIN = 1e14;

    private NumberText() {}

    /** As Lua 5.1 does: {@code %.14g}. */
    static LuaString string(double value) {
        return LuaString.valueOf(text(value).getBytes(StandardCharsets.US_ASCII));
    }

    static String text(double value) {
        long whole = (long) value;
        if (whole == value && Math.abs(value) < PLAIN && (whole != 0 || 1 / value > 0)) {
            return Long.toString(whole);
        }
        return general(value, LUA_DIGITS, false);
    }

    /** Null-free text of what is no finite number, empty for those that are. */
    static String odd(double value) {
        if (Double.isNaN(value)) {
            return "-nan"; // what 0/0 gives on x86
        }
        return Double.isInfinite(value) ? (value > 0 ? "inf" : "-inf") : "";
    }

    /** {@code %.<digits>g}; with {@code zeros}, {@code %#.<digits>g}. */
    public static String general(double value, int digits, boolean zeros) {
        var odd = odd(value);
        if (!odd.isEmpty()) {
            return odd;
        }
        int significant = Math.max(1, digits);
        var sign = value < 0 || (value == 0 && 1 / value < 0) ? "-" : "";
        if (value == 0) {
            return sign + (zeros && significant > 1 ? "0." + "0".repeat(significant - 1) : "0");
        }
        var rounded = new BigDecimal(Math.abs(value)).round(new MathContext(significant, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < -4 || exponent >= significant) {
            var text = scientific(Math.abs(value), significant - 1);
            return sign + (zeros ? text : withoutZeros(text));
        }
        var plain = rounded.setScale(Math.max(0, significant - 1 - exponent), RoundingMode.HALF_EVEN)
                .toPlainString();
        return sign + (zeros ? plain : withoutZeros(plain));
    }

    private static String withoutZeros(String text) {
        int e = text.indexOf('e');
        var digits = e < 0 ? text : text.substring(0, e);
        if (digits.indexOf('.') >= 0) {
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            digits = digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
        }
        return e < 0 ? digits : digits + text.substring(e);
    }

    /** {@code %.<digits>e}. */
    static String scientific(double value, int digits) {
        var odd = odd(value);
        if (!odd.isEmpty()) {
            return odd;
        }
        var sign = value < 0 || (value == 0 && 1 / value < 0) ? "-" : "";
        if (value == 0) {
            return sign + (digits > 0 ? "0." + "0".repeat(digits) : "0") + "e+00";
        }
        var rounded = new BigDecimal(Math.abs(value)).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        var all = new StringBuilder(rounded.unscaledValue().toString());
        while (all.length() < digits + 1) {
            all.append('0');
        }
        var mantissa = digits > 0 ? all.charAt(0) + "." + all.substring(1, digits + 1) : all.substring(0, 1);
        int size = Math.abs(exponent);
        return sign + mantissa + 'e' + (exponent < 0 ? '-' : '+') + (size < 10 ? "0" : "") + size;
    }

    /** {@code %.<digits>f}. */
    static String fixed(double value, int digits) {
        var odd = odd(value);
        if (!odd.isEmpty()) {
            return odd;
        }
        var sign = value < 0 || (value == 0 && 1 / value < 0) ? "-" : "";
        return sign
                + new BigDecimal(Math.abs(value))
                        .setScale(digits, RoundingMode.HALF_EVEN)
                        .toPlainString();
    }
}
