package sherd.engine.archive.arrow;

/**
 * Where a record batch lies.
 *
 * @param offset of the message, from the start of the Arrow file
 * @param metadataLength bytes before the body, prefix included
 * @param bodyLength bytes of the body
 * @param crc CRC32C of message and body
 */
public record ArrowBlock(long offset, int metadataLength, long bodyLength, int rows, int crc) {
    public long length() {
        return metadataLength + bodyLength;
    }
}
