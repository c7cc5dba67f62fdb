package sherd.server.net;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Functions of the C library by which a thread tells the system something of itself. */
public final class CLibrary {
    private CLibrary() {}

    /** One whose first argument says what the others are; empty where there is none of this name. */
    @SuppressWarnings("restricted") // the launcher allows native access
    public static Optional<MethodHandle> variadic(String name, FunctionDescriptor type) {
        var linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, type, Linker.Option.firstVariadicArg(1)));
    }

    /** What a call threw, though such a call throws nothing. */
    public static RuntimeException threw(Throwable cause) {
        return new IllegalStateException("a system call threw, which it cannot", cause);
    }
}
