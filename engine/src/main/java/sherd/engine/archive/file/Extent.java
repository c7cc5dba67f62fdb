package sherd.engine.archive.file;

/**
 * A run of bytes in a file.
 *
 * @param crc CRC32C of the bytes; 0 where the bytes are checked piece by piece
 */
public record Extent(long offset, long length, int crc) {
    public static final Extent NONE = new Extent(0, 0, 0);

    public long end() {
        return offset + length;
    }
}
