package sherd.engine.disk;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder of files: the only way the engine reaches storage.
 *
 * <p>Names are relative, with {@code /} between folders ({@code log/00000000000000000000.log}). Nothing is durable
 * before it was synced: a file's bytes by {@link DiskFile#sync}, its name, a rename or a deletion by
 * {@link #syncFolder}. A published file is never written again. Implementations: {@link LocalDisk}; in tests a disk
 * in memory that fails, tears and forgets.
 */
public interface Disk {
    /** Creates an empty file for writing; fails if it exists. Creates missing folders. */
    DiskFile create(String name) throws IOException;

    /** Opens an existing file for reading only. */
    DiskFile open(String name) throws IOException;

    /** Opens an existing file for reading and writing. */
    DiskFile openForWrite(String name) throws IOException;

    boolean exists(String name) throws IOException;

    long size(String name) throws IOException;

    /** Names (without the folder) of the files in a folder, sorted; empty if there is no such folder. */
    List<String> list(String folder) throws IOException;

    /** Atomically gives a file a new name, replacing what had it. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file if it exists. */
    void delete(String name) throws IOException;

    /** Makes the names in a folder durable; {@code ""} is the top folder. */
    void syncFolder(String folder) throws IOException;

    /**
     * Takes the folder's lock, or returns null when another process, or another part of this one, holds it; close to
     * release. The lock's file is empty and is never opened by other means: closing any handle on it would let go of
     * the lock.
     */
    @Nullable
    AutoCloseable tryLock(String name) throws IOException;

    /** Bytes that still have room, about. */
    default long freeBytes() {
        return Long.MAX_VALUE;
    }

    /** Where this is, for messages. */
    String describe();

    /** True if a write failed because there is no room. The platform tells it in words only. */
    static boolean isFull(IOException failure) {
        String words = failure.getMessage();
        return words != null && (words.contains("No space left") || words.contains("quota exceeded"));
    }
}
