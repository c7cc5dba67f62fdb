package sherd.engine.archive.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The hash of a term that filters keep; part of the stored format. */
public final class TermHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private TermHash() {}

    public static long of(byte[] buffer, int offset, int length) {
        long hash = length * MULTIPLIER;
        int at = offset;
        for (; at + 8 <= offset + length; at += 8) {
            hash = mix(hash ^ (long) LONG.get(buffer, at));
        }
        long rest = 0;
        for (; at < offset + length; at++) {
            rest = rest << 8 | (buffer[at] & 0xFF);
        }
        return mix(hash ^ rest);
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 32) * MULTIPLIER;
        return mixed ^ mixed >>> 29;
    }
}
