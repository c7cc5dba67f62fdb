package sherd.engine.archive;

import sherd.engine.archive.arrow.ArrowBlock;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.KeptBytes;

/**
 * The record batches of a segment: where they lie, which rows and times they hold. Entries are read where the file has
 * them ({@link SegmentLayout}); where a row is, in memory.
 */
final class BlockTable {
    private final KeptBytes entries;
    private final int[] firstRows;

    private BlockTable(KeptBytes entries, int[] firstRows) {
        this.entries = entries;
        this.firstRows = firstRows;
    }

    /** Makes the bytes of a table. */
    static final class Builder {
        private final ByteSink sink = new ByteSink();

        void add(ArrowBlock block, long minTime, long maxTime) {
            sink.putLong(block.offset());
            sink.putInt(block.metadataLength());
            sink.putInt(block.rows());
            sink.putLong(block.bodyLength());
            sink.putInt(block.crc());
            sink.putInt(0);
            sink.putLong(minTime);
            sink.putLong(maxTime);
        }

        byte[] toArray() {
            return sink.toArray();
        }
    }

    /** Reads a table; {@code lasting} has the same bytes for as long as the table is used. */
    static BlockTable read(ByteSource source, int count, KeptBytes lasting) {
        var firstRows = new int[count + 1];
        for (int i = 0; i < count; i++) {
            source.skip(8);
            int metadataLength = source.getInt();
            int rows = source.getInt();
            long bodyLength = source.getLong();
            source.skip(24);
            if (rows <= 0 || metadataLength <= 0 || bodyLength < 0 || rows > Integer.MAX_VALUE - firstRows[i]) {
                throw source.corrupt("an impossible batch");
            }
            firstRows[i + 1] = firstRows[i] + rows;
        }
        return new BlockTable(lasting, firstRows);
    }

    int count() {
        return firstRows.length - 1;
    }

    long rows() {
        return firstRows[count()];
    }

    ArrowBlock block(int index) {
        long entry = entry(index);
        return new ArrowBlock(
                entries.getLong(entry),
                entries.getInt(entry + 8),
                entries.getLong(entry + 16),
                firstRows[index + 1] - firstRows[index],
                entries.getInt(entry + 24));
    }

    private static long entry(int index) {
        return (long) index * SegmentLayout.BLOCK_ENTRY;
    }

    long firstRow(int index) {
        return firstRows[index];
    }

    long endRow(int index) {
        return firstRows[index + 1];
    }

    long minTime(int index) {
        return entries.getLong(entry(index) + 32);
    }

    long maxTime(int index) {
        return entries.getLong(entry(index) + 40);
    }

    /** Memory that this takes beside what lasts. */
    long heldBytes() {
        return firstRows.length * 4L;
    }

    /** The block that holds a row. */
    int blockOf(long row) {
        int low = 0;
        int high = count() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstRows[middle] <= row) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
