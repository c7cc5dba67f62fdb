package sherd.engine.archive.index;

/** Reads gaps from bytes that are known to be whole, for they were made here or their checksum was right. */
final class GapReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    GapReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    boolean more() {
        return at < end;
    }

    /** The next number; negative if it is none. */
    int next() {
        int value = bytes[at++];
        if (value >= 0) {
            return value;
        }
        value &= 0x7F;
        for (int shift = 7; shift < 35 && at < end; shift += 7) {
            int more = bytes[at++];
            value |= (more & 0x7F) << shift;
            if (more >= 0) {
                return value;
            }
        }
        return -1;
    }
}
