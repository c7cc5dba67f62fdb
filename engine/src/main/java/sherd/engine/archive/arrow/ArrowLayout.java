package sherd.engine.archive.arrow;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * The frame around Arrow's flatbuffers.
 *
 * <pre>
 * file:     "ARROW1" 0 0 | schema message | record batch messages | end of stream | footer | length (int) | "ARROW1"
 * message:  FFFFFFFF | metadata length (int) | metadata, padded | body
 * buffer of a compressed batch:  length before compression (long), -1 for bytes stored raw | bytes
 * </pre>
 *
 * Messages and bodies start at multiples of 64. Raw values start there too, so in a compressed batch a raw buffer,
 * whose first 8 bytes are its prefix, starts 8 bytes before one. What is compressed is never mapped and starts at a
 * multiple of 8, the least that Arrow asks for.
 */
final class ArrowLayout {
    static final int ALIGNMENT = 64;
    private static final int PACKED_ALIGNMENT = 8;
    static final byte[] MAGIC = "ARROW1".getBytes(US_ASCII);
    static final byte[] START = "ARROW1\0\0".getBytes(US_ASCII);
    static final int CONTINUATION = -1;
    static final int MESSAGE_PREFIX = 8;
    static final int BUFFER_PREFIX = 8;
    static final long RAW = -1;

    private ArrowLayout() {}

    static long align(long value) {
        return (value + ALIGNMENT - 1) & -ALIGNMENT;
    }

    static long alignPacked(long value) {
        return (value + PACKED_ALIGNMENT - 1) & -PACKED_ALIGNMENT;
    }
}
