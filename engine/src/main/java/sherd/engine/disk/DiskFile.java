package sherd.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file. Positional reads may run on many threads; writes have one owner. */
public interface DiskFile extends AutoCloseable {
    long size() throws IOException;

    /** Reads until the buffer is full or the file ends; returns the bytes read, 0 at the end. */
    int read(ByteBuffer target, long offset) throws IOException;

    /** Writes the whole buffer at an offset; the file grows as needed. */
    void write(ByteBuffer source, long offset) throws IOException;

    /** Cuts the file; only for files not yet published (the torn tail of the commit log). */
    void truncate(long size) throws IOException;

    /** Returns when every byte written so far is durable. After a failure the file's state is unknown. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
}
