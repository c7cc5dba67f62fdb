package sherd.engine.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Reads and writes of native memory by absolute address, little-endian, unaligned.
 *
 * <p>One segment spans the whole address space, so an access costs what a plain load costs: no object per
 * slice, no liveness check. The price is that a wrong address is a crash. Addresses therefore come only from
 * {@link SlabPool}, {@link RecordHeap} and {@link Region}, and every caller keeps address and length together.
 */
public final class OffHeap {
    @SuppressWarnings("restricted") // the launcher grants native access
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle IN_ARRAY =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle ALIGNED_INT = ValueLayout.JAVA_INT.varHandle();

    private static final int MAX_INLINE_COPY = 256;
    private static final long MAX_RUN = 1 << 20;

    private static final long PRIME_1 = 0x9E3779B97F4A7C15L;
    private static final long PRIME_2 = 0xD1B54A32D192ED03L;
    private static final long PRIME_3 = 0xA0761D6478BD642FL;

    private OffHeap() {}

    public static byte getByte(long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    public static int getUnsignedByte(long address) {
        return ALL.get(JAVA_BYTE, address) & 0xFF;
    }

    public static int getUnsignedShort(long address) {
        return ALL.get(SHORT, address) & 0xFFFF;
    }

    public static int getInt(long address) {
        return ALL.get(INT, address);
    }

    public static long getLong(long address) {
        return ALL.get(LONG, address);
    }

    public static void putByte(long address, byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    public static void putShort(long address, short value) {
        ALL.set(SHORT, address, value);
    }

    public static void putInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    public static void putLong(long address, long value) {
        ALL.set(LONG, address, value);
    }

    /** Adds to an int that several threads count with, at an address that is a multiple of 4; returns the sum. */
    static int addInt(long address, int delta) {
        return (int) ALIGNED_INT.getAndAdd(ALL, address, delta) + delta;
    }

    /** Copies within native memory; the ranges may overlap. */
    public static void copy(long source, long target, long bytes) {
        if (bytes > MAX_INLINE_COPY || bytes < 8 || Long.compareUnsigned(target - source, bytes) < 0) {
            copyRun(source, target, bytes);
            return;
        }
        // Short runs are most of what is copied, and a call costs more than they do.
        long tail = getLong(source + bytes - 8);
        for (long i = 0; i < bytes - 8; i += 8) {
            putLong(target + i, getLong(source + i));
        }
        putLong(target + bytes - 8, tail);
    }

    /** A thread that copies or fills cannot be stopped, and others wait for it to: so no run is long. */
    private static void copyRun(long source, long target, long bytes) {
        long done = 0;
        if (bytes > MAX_RUN && Math.abs(target - source) >= bytes) {
            for (; bytes - done > MAX_RUN; done += MAX_RUN) {
                MemorySegment.copy(ALL, source + done, ALL, target + done, MAX_RUN);
            }
        }
        MemorySegment.copy(ALL, source + done, ALL, target + done, bytes - done);
    }

    public static void copy(byte[] source, int offset, long target, int bytes) {
        if (bytes > MAX_INLINE_COPY || bytes < 8) {
            MemorySegment.copy(source, offset, ALL, JAVA_BYTE, target, bytes);
            return;
        }
        Objects.checkFromIndexSize(offset, bytes, source.length);
        for (int i = 0; i < bytes - 8; i += 8) {
            putLong(target + i, (long) IN_ARRAY.get(source, offset + i));
        }
        putLong(target + bytes - 8, (long) IN_ARRAY.get(source, offset + bytes - 8));
    }

    public static void copy(long source, byte[] target, int offset, int bytes) {
        if (bytes > MAX_INLINE_COPY || bytes < 8) {
            MemorySegment.copy(ALL, JAVA_BYTE, source, target, offset, bytes);
            return;
        }
        Objects.checkFromIndexSize(offset, bytes, target.length);
        for (int i = 0; i < bytes - 8; i += 8) {
            IN_ARRAY.set(target, offset + i, getLong(source + i));
        }
        IN_ARRAY.set(target, offset + bytes - 8, getLong(source + bytes - 8));
    }

    public static byte[] toArray(long address, int bytes) {
        var array = new byte[bytes];
        copy(address, array, 0, bytes);
        return array;
    }

    public static void fill(long address, long bytes, byte value) {
        long done = 0;
        for (; bytes - done > MAX_RUN; done += MAX_RUN) {
            ALL.asSlice(address + done, MAX_RUN).fill(value);
        }
        ALL.asSlice(address + done, bytes - done).fill(value);
    }

    /** A copy that goes when nobody can reach it any more. */
    public static MemorySegment collected(byte[] source) {
        return Arena.ofAuto().allocateFrom(JAVA_BYTE, source);
    }

    public static boolean equal(long left, long right, int bytes) {
        int i = 0;
        for (; i + 8 <= bytes; i += 8) {
            if (getLong(left + i) != getLong(right + i)) {
                return false;
            }
        }
        for (; i < bytes; i++) {
            if (getByte(left + i) != getByte(right + i)) {
                return false;
            }
        }
        return true;
    }

    /** A direct view of native memory, for channels; valid as long as the memory is. */
    public static ByteBuffer buffer(long address, int bytes) {
        return ALL.asSlice(address, bytes).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A segment view of native memory; valid as long as the memory is. */
    public static MemorySegment segment(long address, long bytes) {
        return ALL.asSlice(address, bytes);
    }

    /**
     * 64-bit hash of a run of bytes (multiply-and-fold in the manner of wyhash). Stable across processes and
     * machines: it is part of the stored format of key hashes.
     */
    public static long hash(long address, int bytes) {
        long hash = PRIME_1 ^ (bytes * PRIME_2);
        long at = address;
        int left = bytes;
        for (; left >= 8; left -= 8, at += 8) {
            hash = fold(hash ^ getLong(at), PRIME_3);
        }
        if (left > 0) {
            long tail = 0;
            for (int i = 0; i < left; i++) {
                tail |= (long) getUnsignedByte(at + i) << (i << 3);
            }
            hash = fold(hash ^ tail, PRIME_2);
        }
        return fold(hash, PRIME_1);
    }

    private static long fold(long left, long right) {
        return (left * right) ^ Math.unsignedMultiplyHigh(left, right);
    }
}
