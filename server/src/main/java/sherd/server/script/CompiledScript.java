package sherd.server.script;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.luaj.vm2.LuaError;
import org.luaj.vm2.Prototype;
import org.luaj.vm2.compiler.LuaC;

/** A script ready to run, by any thread. */
public final class CompiledScript {
    static final String CHUNK = "@user_script";

    private static final int OPERATION_BYTES = 8;
    private static final int CONSTANT_BYTES = 64;
    private static final int FUNCTION_BYTES = 512;
    private static final byte[] SHEBANG = "#!lua".getBytes(StandardCharsets.US_ASCII);

    private final String sha1;
    private final Prototype code;
    private final long bytes;

    private CompiledScript(String sha1, Prototype code, int source) {
        this.sha1 = sha1;
        this.code = code;
        this.bytes = source + size(code);
    }

    /**
     * Compiles text.
     *
     * @throws LuaError with what is wrong, and where
     */
    public static CompiledScript of(byte[] source) {
        return new CompiledScript(sha1(source), compile(source, CHUNK), source.length);
    }

    /** Only ever text: what has been compiled elsewhere could break the interpreter. */
    static Prototype compile(byte[] source, String chunk) {
        try {
            return LuaC.instance.compile(new ByteArrayInputStream(source, skipped(source), source.length), chunk);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not from bytes in memory
        } catch (NumberFormatException e) {
            throw new LuaError("user_script:1: malformed number");
        } catch (IndexOutOfBoundsException | NullPointerException | StackOverflowError e) {
            throw new LuaError("user_script:1: too complex for the compiler"); // it has no checks of its own here
        }
    }

    /** The first line may name the language. */
    private static int skipped(byte[] source) {
        int at = 0;
        while (at < SHEBANG.length) {
            if (at >= source.length || source[at] != SHEBANG[at]) {
                return 0;
            }
            at++;
        }
        while (at < source.length && source[at] != '\n') {
            at++;
        }
        return at;
    }

    /** In hexadecimal. */
    public static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static long size(Prototype code) {
        long size = FUNCTION_BYTES + (long) OPERATION_BYTES * code.code.length + (long) CONSTANT_BYTES * code.k.length;
        size += (long) CONSTANT_BYTES * (code.locvars == null ? 0 : code.locvars.length);
        for (var inner : code.p) {
            size += size(inner);
        }
        return size;
    }

    public String sha1() {
        return sha1;
    }

    /** About what it takes on the heap. */
    public long bytes() {
        return bytes;
    }

    Prototype code() {
        return code;
    }
}
