package sherd.engine.table;

import sherd.engine.command.Kind;
import sherd.engine.version.VersionVector;

/**
 * A row of a record table as a segment or a checkpoint has it.
 *
 * @param kind ABSENT for a tombstone
 * @param value a string's bytes, a hash's fields one after the other, or a row in the form of
 *     {@link sherd.engine.command.RowLayout}
 * @param fields of a hash
 * @param expiry epoch milliseconds or -1
 * @param written epoch seconds
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ArchivedRow(
        Kind kind, byte[] key, byte[] value, int fields, long expiry, VersionVector vector, int written) {}
