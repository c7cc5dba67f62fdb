package sherd.engine.table;

import java.util.Optional;

/** What a table's segments say of keys. The set of segments is fixed for one instance; a change makes a new one. */
public interface ArchivedRows {
    /** False when no segment has the key; touches memory only. */
    boolean mayContain(long keyHash);

    /** The newest version of a key in the segments. Reads files: not for I/O threads. */
    Optional<ArchivedRow> find(long keyHash, byte[] key);

    /** Rows in segments that no other segment supersedes. */
    long rows();

    /** Takes a reference, so that what is here stays readable; false if it has gone already. */
    boolean tryRetain();

    /** Gives a reference back. */
    void release();
}
