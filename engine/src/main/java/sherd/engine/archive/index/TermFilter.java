package sherd.engine.archive.index;

import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.KeptBytes;
import sherd.engine.error.ErrorCode;

/**
 * A filter like {@link KeyFilter} with 16-bit fingerprints, 18 bits a word, read where it lies: says "maybe" to one in
 * 65,536 words that are not there. Thread-safe.
 */
final class TermFilter {
    private final KeyFilter.Shape shape;
    private final KeptBytes bytes;

    private TermFilter(KeyFilter.Shape shape, KeptBytes bytes) {
        this.shape = shape;
        this.bytes = bytes;
    }

    /** @param file for messages */
    static TermFilter in(KeptBytes bytes, String file) {
        var header = new byte[(int) Math.min(bytes.size(), KeyLayout.FILTER_HEADER)];
        bytes.copy(0, header, 0, header.length);
        var source = new ByteSource(header, 0, header.length, ErrorCode.CORRUPT_SEGMENT, file);
        return new TermFilter(
                KeyFilter.Shape.read(source, bytes.size() - KeyLayout.FILTER_HEADER, KeyFilter.WIDE), bytes);
    }

    boolean mayContain(long hash) {
        long mixed = shape.mixed(hash);
        var read = new byte[3 * KeyFilter.WIDE];
        for (int which = 0; which < 3; which++) {
            long place = KeyLayout.FILTER_HEADER + (long) KeyFilter.WIDE * shape.place(mixed, which);
            bytes.peek(place, read, which * KeyFilter.WIDE, KeyFilter.WIDE);
        }
        bytes.settle();
        int low = read[0] ^ read[2] ^ read[4];
        int high = read[1] ^ read[3] ^ read[5];
        return (short) ((low & 0xFF) | high << Byte.SIZE) == (short) KeyFilter.fingerprint(mixed);
    }
}
