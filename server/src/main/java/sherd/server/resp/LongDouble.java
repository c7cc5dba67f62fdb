package sherd.server.resp;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The 80-bit floating point that Redis computes INCRBYFLOAT in: 64 bits of mantissa, computed exactly and rounded once,
 * half to even; written with up to 17 decimals. Slow, and only these two commands need it.
 */
final class LongDouble {
    private static final int MANTISSA_BITS = 64;
    private static final int MAX_EXPONENT = 16383;
    private static final int DECIMALS = 17;
    private static final int MAX_TEXT = 5 * 1024;
    private static final Pattern DECIMAL = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,9})?");
    private static final Pattern HEX =
            Pattern.compile("([+-]?)0[xX]([0-9a-fA-F]*)(?:\\.([0-9a-fA-F]*))?(?:[pP]([+-]?\\d{1,9}))?");
    private static final Pattern INFINITE = Pattern.compile("[+-]?(inf|infinity)", Pattern.CASE_INSENSITIVE);
    private static final BigDecimal SMALLEST = BigDecimal.ONE.divide(new BigDecimal(BigInteger.TWO.pow(16446)));

    private LongDouble() {}

    /** Whether the text is an infinity, which is a number but not one to count with. */
    static boolean isInfinite(String text) {
        return INFINITE.matcher(text).matches();
    }

    /** Null when the text is not a finite number. */
    static @Nullable BigDecimal parse(String text) {
        if (text.isEmpty() || text.length() >= MAX_TEXT) {
            return null;
        }
        BigDecimal exact;
        if (DECIMAL.matcher(text).matches()) {
            exact = decimal(text);
        } else {
            exact = hex(text);
        }
        if (exact == null) {
            return null;
        }
        var value = round(exact);
        return tooLarge(value) || (value.signum() != 0 && value.abs().compareTo(SMALLEST) < 0) ? null : value;
    }

    private static @Nullable BigDecimal decimal(String text) {
        var value = new BigDecimal(text.endsWith(".") ? text + "0" : text);
        long magnitude = (long) value.precision() - value.scale();
        // Beyond what 80 bits hold; computing with it would take for ever.
        return value.signum() != 0 && Math.abs(magnitude) > 4960 ? null : value;
    }

    private static @Nullable BigDecimal hex(String text) {
        var match = HEX.matcher(text);
        if (!match.matches()) {
            return null;
        }
        var whole = match.group(2);
        var fraction = match.group(3) == null ? "" : match.group(3);
        if (whole.isEmpty() && fraction.isEmpty()) {
            return null;
        }
        int exponent = match.group(4) == null ? 0 : Integer.parseInt(match.group(4));
        exponent -= 4 * fraction.length();
        if (Math.abs((long) exponent) > 40_000) {
            return null;
        }
        var digits = new BigDecimal(new BigInteger(whole + fraction, 16));
        var value = exponent >= 0
                ? digits.multiply(new BigDecimal(BigInteger.ONE.shiftLeft(exponent)))
                : digits.divide(new BigDecimal(BigInteger.ONE.shiftLeft(-exponent)));
        return match.group(1).equals("-") ? value.negate() : value;
    }

    static BigDecimal add(BigDecimal left, BigDecimal right) {
        return round(left.add(right));
    }

    static boolean tooLarge(BigDecimal value) {
        return value.abs().toBigInteger().bitLength() > MAX_EXPONENT + 1;
    }

    /** The nearest number of 64 significant bits. */
    static BigDecimal round(BigDecimal exact) {
        if (exact.signum() == 0) {
            return BigDecimal.ZERO;
        }
        var unscaled = exact.unscaledValue().abs();
        int scale = exact.scale();
        var numerator = scale < 0 ? unscaled.multiply(BigInteger.TEN.pow(-scale)) : unscaled;
        var denominator = scale > 0 ? BigInteger.TEN.pow(scale) : BigInteger.ONE;
        int shift = MANTISSA_BITS - (numerator.bitLength() - denominator.bitLength());
        var mantissa = divide(numerator, denominator, shift);
        if (mantissa.bitLength() > MANTISSA_BITS) {
            mantissa = divide(numerator, denominator, --shift);
        }
        var value = shift >= 0
                ? new BigDecimal(mantissa).divide(new BigDecimal(BigInteger.ONE.shiftLeft(shift)))
                : new BigDecimal(mantissa.shiftLeft(-shift));
        return exact.signum() < 0 ? value.negate() : value;
    }

    private static BigInteger divide(BigInteger numerator, BigInteger denominator, int shift) {
        var top = shift >= 0 ? numerator.shiftLeft(shift) : numerator;
        var bottom = shift >= 0 ? denominator : denominator.shiftLeft(-shift);
        var parts = top.divideAndRemainder(bottom);
        int half = parts[1].shiftLeft(1).compareTo(bottom);
        boolean up = half > 0 || (half == 0 && parts[0].testBit(0));
        return up ? parts[0].add(BigInteger.ONE) : parts[0];
    }

    /** As Redis writes it: up to 17 decimals, no trailing zeros, no exponent. */
    static String text(BigDecimal value) {
        var text = value.setScale(DECIMALS, RoundingMode.HALF_EVEN).toPlainString();
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        if (text.charAt(end - 1) == '.') {
            end--;
        }
        var trimmed = text.substring(0, end);
        return trimmed.equals("-0") ? "0" : trimmed;
    }
}
