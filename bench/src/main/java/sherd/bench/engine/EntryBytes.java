package sherd.bench.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Keys and values of maps that take arrays. */
final class EntryBytes {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private EntryBytes() {}

    static byte[] key() {
        var key = new byte[EngineBench.KEY_BYTES];
        LONG.set(key, 0, EngineBench.PREFIX);
        return key;
    }

    static byte[] named(byte[] key, long number) {
        LONG.set(key, Long.BYTES, number);
        return key;
    }

    static byte[] value() {
        var value = new byte[EngineBench.VALUE_BYTES];
        Arrays.fill(value, (byte) 'x');
        return value;
    }

    static long first(byte[] value) {
        return (long) LONG.get(value, 0);
    }
}
