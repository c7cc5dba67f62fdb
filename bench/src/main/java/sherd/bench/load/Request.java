package sherd.bench.load;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * The bytes of a command, in which the number of the key and the value are changed in place before it is sent, so that
 * making one costs little and no memory.
 */
public final class Request {
    private static final String NUMBER = "000000000000";
    private static final char VALUE = '\0';

    private final byte[] bytes;
    private final int number;
    private final int value;
    private final int valueBytes;
    private final SplittableRandom random;

    /**
     * @param text with {@link #key} and perhaps {@link #value} in it
     * @param random what values are made of
     */
    Request(String text, SplittableRandom random) {
        bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        number = text.indexOf(NUMBER);
        value = text.indexOf(VALUE);
        valueBytes = value < 0 ? 0 : text.lastIndexOf(VALUE) + 1 - value;
        this.random = random;
        if (number < 0) {
            throw new IllegalArgumentException("no key in the request '" + text + "'");
        }
    }

    /** As redis-benchmark calls its keys if the prefix is {@code key}: what one tool has written the other finds. */
    static String key(String prefix) {
        return prefix + ":" + NUMBER;
    }

    static String value(int bytes) {
        return String.valueOf(VALUE).repeat(bytes);
    }

    /** Makes it one about that key, with a new value. */
    public Request about(long key) {
        putNumber(bytes, number + NUMBER.length() - 1, key);
        long bits = 0;
        for (int at = value; at < value + valueBytes; at++) {
            bits = bits == 0 ? random.nextLong() : bits;
            bytes[at] = (byte) ('0' + (bits & 0x3F)); // '0' to 'o'
            bits >>>= 6;
        }
        return this;
    }

    /** Writes the number of a key where its last digit is. */
    public static void putNumber(byte[] bytes, int last, long number) {
        long rest = number;
        for (int at = last; at > last - NUMBER.length(); at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    public int bytes() {
        return bytes.length;
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
    }

    public void writeTo(ByteBuffer out) {
        out.put(bytes);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes);
    }
}
