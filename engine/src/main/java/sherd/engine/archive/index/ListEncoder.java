package sherd.engine.archive.index;

import sherd.engine.archive.file.ByteSink;

/** Chooses the form of a list and writes it: see {@link ListLayout}. */
final class ListEncoder {
    private final int blocks;
    private final ByteSink gaps = new ByteSink();
    private final ByteSink runs = new ByteSink();
    private final ByteSink bitmap = new ByteSink();
    private final PackedGaps packed = new PackedGaps();
    private ByteSink chosen = gaps;

    ListEncoder(long rows) {
        this.blocks = ListLayout.blocks(rows);
    }

    /** Encodes ascending rows, or blocks; returns the codec. */
    int encode(int[] values, int count, boolean byBlocks) {
        gaps.clear();
        chosen = gaps;
        if (byBlocks && ListLayout.everywhere(count, blocks)) {
            return ListLayout.EVERYWHERE;
        }
        int before = 0;
        for (int i = 0; i < count; i++) {
            gaps.putVar(values[i] - before);
            before = values[i];
        }
        if (!byBlocks) {
            return count == 1 ? ListLayout.ROW : pack(values, count, ListLayout.ROWS, ListLayout.PACKED_ROWS);
        }
        return pack(values, count, encodeBlocks(values, count, before), ListLayout.PACKED_BLOCKS);
    }

    /** Takes the packed form instead if it is shorter, with the count of rows that only this needs. */
    private int pack(int[] values, int count, int codec, int packedCodec) {
        if (count < PackedGaps.LEAST) {
            return codec;
        }
        var bits = packed.encode(values, count);
        if (bits.size() + (codec == ListLayout.ROWS ? 1 : 0) >= chosen.size()) {
            return codec;
        }
        chosen = bits;
        return packedCodec;
    }

    private int encodeBlocks(int[] values, int count, int last) {
        putRuns(values, count);
        int bitmapBytes = (last >>> 3) + 1;
        if (Math.min(gaps.size(), runs.size()) <= bitmapBytes) {
            chosen = gaps.size() <= runs.size() ? gaps : runs;
            return chosen == gaps ? ListLayout.BLOCKS : ListLayout.RUNS;
        }
        putBitmap(values, count, bitmapBytes);
        chosen = bitmap;
        return ListLayout.BITMAP;
    }

    /** What was encoded last. */
    ByteSink bytes() {
        return chosen;
    }

    private void putRuns(int[] values, int count) {
        runs.clear();
        int end = 0;
        for (int i = 0; i < count; ) {
            int start = i;
            do {
                i++;
            } while (i < count && values[i] == values[i - 1] + 1);
            runs.putVar(values[start] - end);
            runs.putVar(i - start);
            end = values[i - 1] + 1;
        }
    }

    private void putBitmap(int[] values, int count, int bytes) {
        bitmap.clear();
        bitmap.putZeros(bytes);
        var array = bitmap.array();
        for (int i = 0; i < count; i++) {
            array[values[i] >>> 3] |= (byte) (1 << (values[i] & 7));
        }
    }
}
