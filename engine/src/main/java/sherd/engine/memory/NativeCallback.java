package sherd.engine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** A method that native libraries may call. It lasts as long as the process and must not throw: that would end it. */
public final class NativeCallback {
    private final long address;

    @SuppressWarnings("restricted") // the launcher grants native access
    public NativeCallback(MethodHandle method, FunctionDescriptor descriptor) {
        address = Linker.nativeLinker()
                .upcallStub(method, descriptor, Arena.global())
                .address();
    }

    /** What a library calls. */
    public long address() {
        return address;
    }
}
