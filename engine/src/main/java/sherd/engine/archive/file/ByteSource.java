package sherd.engine.archive.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** Reads what a {@link ByteSink} wrote; running over the end is reported as corruption. */
public final class ByteSource {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private final ErrorCode code;
    private final String file;
    private int at;

    public ByteSource(byte[] bytes, int offset, int length, ErrorCode code, String file) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
        this.code = code;
        this.file = file;
    }

    public int position() {
        return at;
    }

    public int remaining() {
        return end - at;
    }

    public int getByte() {
        need(1);
        return bytes[at++] & 0xFF;
    }

    public int getInt() {
        need(4);
        int value = (int) INT.get(bytes, at);
        at += 4;
        return value;
    }

    public long getLong() {
        need(8);
        long value = (long) LONG.get(bytes, at);
        at += 8;
        return value;
    }

    public long getVar() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = getByte();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw corrupt("a number without end");
    }

    /** A count or length of things that take at least one byte each of what is left. */
    public int getCount() {
        long value = getVar();
        if (value < 0 || value > remaining()) {
            throw corrupt("a count beyond the end");
        }
        return (int) value;
    }

    public byte[] getBytes() {
        int length = getCount();
        var copy = Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return copy;
    }

    public void getBytes(byte[] target, int offset, int length) {
        need(length);
        System.arraycopy(bytes, at, target, offset, length);
        at += length;
    }

    public String getString() {
        return new String(getBytes(), UTF_8);
    }

    public void skip(int length) {
        need(length);
        at += length;
    }

    public StoreException corrupt(String problem) {
        return new StoreException(
                code,
                "not what was written: file=" + file + " offset=" + at + " problem='" + problem
                        + "'; restore it from a copy");
    }

    private void need(int length) {
        if (length < 0 || length > end - at) {
            throw corrupt("cut short");
        }
    }
}
