package sherd.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One open file. Positional reads may run on many threads; writes have one owner. */
public interface DiskFile extends AutoCloseable {
    int MAX_DIRECT_BLOCK = 4096;

    long size() throws IOException;

    /** Reads until the buffer is full or the file ends; returns the bytes read, 0 at the end. */
    int read(ByteBuffer target, long offset) throws IOException;

    /** The same of bytes that nobody is expected to want again soon, so that they need not be kept. */
    default int readOnce(ByteBuffer target, long offset) throws IOException {
        return read(target, offset);
    }

    /** For sending without copying; empty if this is no file of this machine's. */
    default Optional<SendableFile> sendable() {
        return Optional.empty();
    }

    /** Writes the whole buffer at an offset; the file grows as needed. */
    void write(ByteBuffer source, long offset) throws IOException;

    /**
     * The block that {@link #writeDirect} goes by, in bytes; a power of two up to {@value #MAX_DIRECT_BLOCK}, or 0 if this
     * file cannot do it.
     */
    default int directBlock() {
        return 0;
    }

    /**
     * As {@link #write}, but past the system's cache, which costs a tenth of the processor time and waits for the device.
     * Address, offset and length must be multiples of {@link #directBlock}, and the range must share no block with other
     * writes: it is not durable before {@link #sync} either.
     */
    default void writeDirect(ByteBuffer source, long offset) throws IOException {
        write(source, offset);
    }

    /** Cuts the file; only for files not yet published (the torn tail of the commit log). */
    void truncate(long size) throws IOException;

    /** Returns when every byte written so far is durable. After a failure the file's state is unknown. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
}
