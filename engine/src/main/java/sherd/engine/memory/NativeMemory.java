package sherd.engine.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
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
 * <p>Why not arenas: closing a shared arena stops every thread at a handshake, and an arena zeroes what it
 * hands out. Slabs are never given back, large values are freed one by one, and neither wants either.
 */
final class NativeMemory {
    private static final MethodHandle ALIGNED_ALLOC =
            bind("aligned_alloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE = bind("free", FunctionDescriptor.ofVoid(ADDRESS));

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

    @SuppressWarnings("restricted") // the launcher grants native access
    private static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    private static StoreException failed(String function, Throwable cause) {
        return new StoreException(ErrorCode.INTERNAL_INVARIANT, "native call failed: function=" + function, cause);
    }
}
