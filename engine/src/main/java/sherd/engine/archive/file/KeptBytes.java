package sherd.engine.archive.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import sherd.engine.disk.Mappings;

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
    private final boolean mapped;

    KeptBytes(MemorySegment bytes) {
        this.bytes = bytes;
        this.mapped = bytes.isMapped();
    }

    /** Bytes in memory. */
    public static KeptBytes of(byte[] array, int offset, int length) {
        return new KeptBytes(MemorySegment.ofArray(array).asSlice(offset, length));
    }

    public long size() {
        return bytes.byteSize();
    }

    public void copy(long offset, byte[] target, int at, int length) {
        peek(offset, target, at, length);
        settle();
    }

    public void copy(long offset, int[] target, int count) {
        MemorySegment.copy(bytes, INT, offset, target, 0, count);
        settle();
    }

    public void copy(long offset, long[] target, int count) {
        MemorySegment.copy(bytes, LONG, offset, target, 0, count);
        settle();
    }

    /** As {@link #copy}, for many small ones in a row; whoever asks settles in the end. */
    public void peek(long offset, byte[] target, int at, int length) {
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, target, at, length);
    }

    /** As {@link #getInt}, for many in a row. */
    public int peekInt(long offset) {
        var one = new int[1];
        MemorySegment.copy(bytes, INT, offset, one, 0, 1);
        return one[0];
    }

    /** Raises here what a fault has left behind, and not where the thread happens to stop next. */
    public void settle() {
        if (mapped) {
            Mappings.settle();
        }
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
