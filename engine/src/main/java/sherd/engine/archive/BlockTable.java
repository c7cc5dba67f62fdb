package sherd.engine.archive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sherd.engine.archive.arrow.ArrowBlock;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.ByteSource;

/** The record batches of a segment: where they lie, which rows and times they hold. */
final class BlockTable {
    private final List<ArrowBlock> blocks = new ArrayList<>();
    private long[] firstRows = new long[16];
    private long[] minTimes = new long[16];
    private long[] maxTimes = new long[16];

    void add(ArrowBlock block, long minTime, long maxTime) {
        int index = blocks.size();
        if (index + 1 == firstRows.length) {
            firstRows = Arrays.copyOf(firstRows, index * 2 + 2);
            minTimes = Arrays.copyOf(minTimes, index * 2 + 2);
            maxTimes = Arrays.copyOf(maxTimes, index * 2 + 2);
        }
        blocks.add(block);
        firstRows[index + 1] = firstRows[index] + block.rows();
        minTimes[index] = minTime;
        maxTimes[index] = maxTime;
    }

    static BlockTable read(ByteSource source, int count) {
        var table = new BlockTable();
        for (int i = 0; i < count; i++) {
            long offset = source.getLong();
            int metadataLength = source.getInt();
            int rows = source.getInt();
            long bodyLength = source.getLong();
            int crc = source.getInt();
            source.skip(4);
            if (rows <= 0 || metadataLength <= 0 || bodyLength < 0) {
                throw source.corrupt("an impossible batch");
            }
            table.add(
                    new ArrowBlock(offset, metadataLength, bodyLength, rows, crc), source.getLong(), source.getLong());
        }
        return table;
    }

    void write(ByteSink sink) {
        for (int i = 0; i < blocks.size(); i++) {
            var block = blocks.get(i);
            sink.putLong(block.offset());
            sink.putInt(block.metadataLength());
            sink.putInt(block.rows());
            sink.putLong(block.bodyLength());
            sink.putInt(block.crc());
            sink.putInt(0);
            sink.putLong(minTimes[i]);
            sink.putLong(maxTimes[i]);
        }
    }

    int count() {
        return blocks.size();
    }

    long rows() {
        return firstRows[blocks.size()];
    }

    ArrowBlock block(int index) {
        return blocks.get(index);
    }

    long firstRow(int index) {
        return firstRows[index];
    }

    long endRow(int index) {
        return firstRows[index + 1];
    }

    long minTime(int index) {
        return minTimes[index];
    }

    long maxTime(int index) {
        return maxTimes[index];
    }

    /** The block that holds a row. */
    int blockOf(long row) {
        int low = 0;
        int high = blocks.size() - 1;
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
