package sherd.engine.archive;

import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.TarLayout;
import sherd.engine.archive.index.KeyTable;
import sherd.engine.error.ErrorCode;

/**
 * A segment file and its footer.
 *
 * <pre>
 * file    tar members, each a header of 512 bytes and content padded to 512:
 *         rows.arrow | index.sherd | keys.sherd (with a key column) | meta.json | footer.sherd
 *         then 1024 zeros
 * index   terms (see IndexLayout) | blocks
 * keys    pages | firsts | filter (see KeyLayout)
 * blocks  per record batch: place in rows.arrow (long) | bytes before the body (int) | rows (int) | bytes of the body
 *         (long) | CRC32C of the batch (int) | 0 (int) | least time (long) | greatest time (long)
 *
 * footer, 512 bytes, which end 1024 bytes before the end of the file:
 *   +0 "SHERDSEG"   +8 version (int)  +12 record batches (int)  +16 rows (long)  +24 time in the tar headers (long)
 *  +32 size of the file (long)   +40 0 (int)   +44 keys (int)
 *  +48 extents of 24 bytes: place (long) | length (long) | CRC32C (int) | 0 (int), in this order:
 *      rows.arrow, index.sherd, keys.sherd, meta.json, terms, blocks, pages, firsts, filter
 * +264 zeros   +508 CRC32C of the bytes before (int)
 * </pre>
 *
 * Numbers are little-endian, places count from the start of the file.
 */
final class SegmentLayout {
    static final String ROWS = "rows.arrow";
    static final String INDEX = "index.sherd";
    static final String KEYS = "keys.sherd";
    static final String META = "meta.json";
    static final String FOOTER = "footer.sherd";

    static final int VERSION = 3;
    static final int FOOTER_BYTES = TarLayout.BLOCK;
    /** The footer's content, counted from the end of the file. */
    static final int FOOTER_FROM_END = FOOTER_BYTES + TarLayout.END_BYTES;

    static final int BLOCK_ENTRY = 48;

    /** Batches begin here in a segment: after the header of the first member. */
    static final int ROWS_OFFSET = TarLayout.BLOCK;

    private static final long MAGIC = 0x4745534452454853L;
    private static final int CRC_OFFSET = FOOTER_BYTES - 4;

    private SegmentLayout() {}

    /** What a segment's footer says. */
    record Footer(
            long rows,
            int batches,
            long tarSeconds,
            long fileSize,
            Extent rowsMember,
            Extent indexMember,
            Extent keysMember,
            Extent metaMember,
            Extent terms,
            Extent blocks,
            KeyTable.Parts keys) {}

    static byte[] write(Footer footer) {
        var sink = new ByteSink();
        sink.putLong(MAGIC);
        sink.putInt(VERSION);
        sink.putInt(footer.batches());
        sink.putLong(footer.rows());
        sink.putLong(footer.tarSeconds());
        sink.putLong(footer.fileSize());
        sink.putInt(0);
        sink.putInt(footer.keys().keys());
        put(sink, footer.rowsMember());
        put(sink, footer.indexMember());
        put(sink, footer.keysMember());
        put(sink, footer.metaMember());
        put(sink, footer.terms());
        put(sink, footer.blocks());
        put(sink, footer.keys().pages());
        put(sink, footer.keys().firsts());
        put(sink, footer.keys().filter());
        sink.putZeros(CRC_OFFSET - sink.size());
        sink.putInt(CheckedFile.crc(sink.array(), 0, CRC_OFFSET));
        return sink.toArray();
    }

    /** Reads a footer, or reports why it is none. */
    static Footer read(byte[] bytes, String file, long offset) {
        var source = new ByteSource(bytes, 0, FOOTER_BYTES, ErrorCode.CORRUPT_SEGMENT, file);
        var end = new ByteSource(bytes, CRC_OFFSET, 4, ErrorCode.CORRUPT_SEGMENT, file);
        if (source.getLong() != MAGIC) {
            throw Failures.corruptSegment(file, offset, "no segment footer at the end of the file");
        }
        if (end.getInt() != CheckedFile.crc(bytes, 0, CRC_OFFSET)) {
            throw Failures.corruptSegment(file, offset, "checksum of the footer differs");
        }
        int version = source.getInt();
        if (version != VERSION) {
            throw Failures.corruptSegment(
                    file, offset, "a segment of version " + version + "; this node reads " + VERSION);
        }
        int batches = source.getInt();
        long rows = source.getLong();
        long tarSeconds = source.getLong();
        long fileSize = source.getLong();
        source.skip(4);
        int keys = source.getInt();
        return new Footer(
                rows,
                batches,
                tarSeconds,
                fileSize,
                extent(source),
                extent(source),
                extent(source),
                extent(source),
                extent(source),
                extent(source),
                new KeyTable.Parts(extent(source), extent(source), extent(source), keys));
    }

    private static void put(ByteSink sink, Extent extent) {
        sink.putLong(extent.offset());
        sink.putLong(extent.length());
        sink.putInt(extent.crc());
        sink.putInt(0);
    }

    private static Extent extent(ByteSource source) {
        var extent = new Extent(source.getLong(), source.getLong(), source.getInt());
        source.skip(4);
        return extent;
    }
}
