package sherd.engine.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * The C library's allocator.
 *
 * <p>Beside it, address space that is reserved once and committed step by step: what lies in it stays readable for
 * ever, whatever becomes of the blocks there.
 *
 * <p>Why not arenas: closing a shared arena stops every thread at a handshake, and an arena zeroes what it
 * hands out. Slabs are never given back, large values are freed one by one, and neither wants either.
 */
final class NativeMemory {
    private static final MethodHandle ALIGNED_ALLOC =
            bind("aligned_alloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE = bind("free", FunctionDescriptor.ofVoid(ADDRESS));
    private static final MethodHandle MMAP =
            bind("mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            bind("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MUNMAP = bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle MREMAP =
            bind("mremap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MADVISE =
            bind("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MREMAP_MAYMOVE = 1;
    private static final long MAP_FAILED = -1;

    private NativeMemory() {}

    /** The address of fresh, uninitialised memory, or 0 when the system has none. */
    static long allocate(long bytes, long alignment) {
        long rounded = (bytes + alignment - 1) & -alignment;
        try {
            return ((MemorySegment) ALIGNED_ALLOC.invokeExact(alignment, rounded)).address();
        } catch (Throwable e) {
            throw failed("aligned_alloc", e);
        }
    }

    static void free(long address) {
        try {
            FREE.invokeExact(MemorySegment.ofAddress(address));
        } catch (Throwable e) {
            throw failed("free", e);
        }
    }

    /** The address of fresh pages of zeros, or 0 when the system has none; {@code bytes} are whole pages. */
    static long map(long bytes) {
        return map(bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS);
    }

    /** Makes a mapping longer or shorter, moving pages rather than bytes; its address from now on, or 0 and no change. */
    static long remap(long address, long before, long after) {
        try {
            long moved = ((MemorySegment)
                            MREMAP.invokeExact(MemorySegment.ofAddress(address), before, after, MREMAP_MAYMOVE))
                    .address();
            return moved == MAP_FAILED ? 0 : moved;
        } catch (Throwable e) {
            throw failed("mremap", e);
        }
    }

    /** Address space without memory behind it, or 0 when the system has none. */
    static long reserve(long bytes) {
        return map(bytes, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE);
    }

    private static long map(long bytes, int protection, int flags) {
        try {
            long address =
                    ((MemorySegment) MMAP.invokeExact(MemorySegment.NULL, bytes, protection, flags, -1, 0L)).address();
            return address == MAP_FAILED ? 0 : address;
        } catch (Throwable e) {
            throw failed("mmap", e);
        }
    }

    /** Puts memory, of zeros, behind a range of whole pages; false when the system has none. */
    static boolean commit(long address, long bytes) {
        try {
            var range = MemorySegment.ofAddress(address);
            if ((int) MPROTECT.invokeExact(range, bytes, PROT_READ_WRITE) != 0) {
                return false;
            }
            var _ = (int) MADVISE.invokeExact(range, bytes, MADV_HUGEPAGE); // a wish
            return true;
        } catch (Throwable e) {
            throw failed("mprotect", e);
        }
    }

    /** Gives whole pages of a mapping back to the system; they are there again, of zeros, when touched. */
    static void forget(long address, long bytes) {
        try {
            var _ = (int) MADVISE.invokeExact(MemorySegment.ofAddress(address), bytes, MADV_DONTNEED);
        } catch (Throwable e) {
            throw failed("madvise", e);
        }
    }

    /** Undoes {@link #reserve} or {@link #map(long)}: nobody may touch the range again. */
    static void unmap(long address, long bytes) {
        try {
            var _ = (int) MUNMAP.invokeExact(MemorySegment.ofAddress(address), bytes);
        } catch (Throwable e) {
            throw failed("munmap", e);
        }
    }

    @SuppressWarnings("restricted") // the launcher grants native access
    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    private static StoreException failed(String function, Throwable cause) {
        return new StoreException(ErrorCode.INTERNAL_INVARIANT, "native call failed: function=" + function, cause);
    }
}
