package sherd.engine.archive.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Bytes that are read again and again where they lie: in a mapped file, or in memory. Thread-safe.
 *
 * <p>Every access goes through {@link MemorySegment#copy}. It is the one way to touch a mapping that survives somebody's
 * cutting the file: the virtual machine knows where to go on when its copying routine faults. After a fault elsewhere it
 * must decode the instruction, and of plain loads it cannot decode all; on x86 one that widens an int ends the process.
 * So a scan goes through a small buffer, which stays in the processor's own cache.
 */
public final class KeptBytes {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;

    KeptBytes(MemorySegment bytes) {
        this.bytes = bytes;
    }

    /** Bytes in memory. */
    public static KeptBytes of(byte[] array, int offset, int length) {
        return new KeptBytes(MemorySegment.ofArray(array).asSlice(offset, length));
    }

    public long size() {
        return bytes.byteSize();
    }

    public void copy(long offset, byte[] target, int at, int length) {
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, target, at, length);
    }

    public void copy(long offset, int[] target, int count) {
        MemorySegment.copy(bytes, INT, offset, target, 0, count);
    }

    public void copy(long offset, long[] target, int count) {
        MemorySegment.copy(bytes, LONG, offset, target, 0, count);
    }

    public int getInt(long offset) {
        var one = new int[1];
        copy(offset, one, 1);
        return one[0];
    }

    public long getLong(long offset) {
        var one = new long[1];
        copy(offset, one, 1);
        return one[0];
    }
}
