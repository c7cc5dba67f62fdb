package sherd.engine.archive.index;

/**
 * Keys of a segment by their hash: the member {@code keys.sherd}.
 *
 * <pre>
 * pages   4096 bytes each:  340 x (hash (long) | row (int)) | zeros 12 ... | CRC32C of the bytes before (int)
 *         sorted by hash, unsigned; the last page is filled up with zeros
 * firsts  per page: its first hash (long)
 * filter  seed (long) | segment length (int) | segments (int) | fingerprints, a byte each
 * </pre>
 */
final class KeyLayout {
    static final int PAGE = 4096;
    static final int ENTRY = 12;
    static final int PAGE_KEYS = 340;
    static final int PAGE_CRC = PAGE - 4;
    static final int FILTER_HEADER = 16;

    private KeyLayout() {}

    static long pages(long keys) {
        return (keys + PAGE_KEYS - 1) / PAGE_KEYS;
    }
}
