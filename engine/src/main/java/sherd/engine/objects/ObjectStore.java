package sherd.engine.objects;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/**
 * Keeps objects. All calls wait for the store, so none may run on an I/O thread; each ends within a time that the store
 * was made with. Works on any number of threads, whose interrupts it leaves alone.
 *
 * <p>What goes wrong is an {@link ObjectException}. An {@code IOException} of another kind is about what the caller gave.
 */
public interface ObjectStore extends AutoCloseable {
    /** What is to be stored; opened again for each try. */
    interface Content {
        long length();

        /** In hexadecimal, so that a store that sums what arrives can refuse what was changed on the way. */
        String sha256();

        InputStream open() throws IOException;
    }

    /** Stores an object whole or not at all; false if there is one of that key, which stays as it is. */
    boolean put(String key, Content content) throws IOException;

    /** Fills a buffer with an object's bytes from a place on. */
    void read(String key, long offset, ByteBuffer target) throws IOException;

    /** The length of an object; empty if there is none. */
    OptionalLong size(String key) throws IOException;

    /** Deletes an object if it exists. */
    void delete(String key) throws IOException;

    /** The keys that begin like this, sorted. */
    List<String> list(String prefix) throws IOException;

    /** Where this is, for messages; without secrets. */
    String describe();

    @Override
    void close();
}
