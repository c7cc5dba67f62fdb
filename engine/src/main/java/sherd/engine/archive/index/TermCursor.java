package sherd.engine.archive.index;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** Walks the terms of an index in order. One owner. */
public final class TermCursor {
    private final IndexReader index;
    private final ReadStats stats;
    private int group;
    private byte[] block = {};
    private ByteSource source;
    private long nextList;
    private final byte[] term = new byte[TermLayout.MAX_TERM_BYTES];
    private int length;
    private int codec;
    private boolean outside;
    private int listLength;
    private long listPlace;
    private long rows;

    TermCursor(IndexReader index, int group, ReadStats stats) {
        this.index = index;
        this.group = group;
        this.stats = stats;
        this.source = source(block, 0, 0);
    }

    private ByteSource source(byte[] bytes, int offset, int count) {
        return new ByteSource(
                bytes, offset, count, ErrorCode.CORRUPT_SEGMENT, index.bytes().fileName());
    }

    public boolean next() {
        boolean first = source.remaining() == 0;
        if (first) {
            if (group == index.groups()) {
                return false;
            }
            block = index.block(group, stats);
            source = source(block, 0, block.length);
            nextList = index.listsPlace(group++);
        }
        int lengths = source.getByte();
        int shared = more(lengths >>> 4);
        int own = more(lengths & TermLayout.MANY);
        if (shared > (first ? 0 : length) || own > term.length - shared) {
            throw corrupt("a term of impossible length");
        }
        source.getBytes(term, shared, own);
        length = shared + own;
        int list = source.getByte();
        codec = TermLayout.codec(list);
        outside = TermLayout.outside(list);
        listLength = more(list & TermLayout.MANY);
        rows = codec == ListLayout.ROW ? 1 : codec == ListLayout.ROWS ? listLength : source.getVar();
        if (outside) {
            listPlace = nextList;
            nextList += TermLayout.CRC_BYTES + listLength;
        } else {
            listPlace = source.position();
            source.skip(listLength);
        }
        return true;
    }

    private int more(int nibble) {
        if (nibble < TermLayout.MANY) {
            return nibble;
        }
        long value = source.getVar();
        if (value < 0 || value > Integer.MAX_VALUE - TermLayout.MANY) {
            throw corrupt("an impossible length");
        }
        return (int) value + TermLayout.MANY;
    }

    /** The term's bytes, of which the first {@link #length} count. */
    public byte[] term() {
        return term;
    }

    public int length() {
        return length;
    }

    /** Rows that have the term, or a little more. */
    public long rows() {
        return rows;
    }

    /** Whether {@link #rows} is how many rows have the term, and not a little more. */
    public boolean counted() {
        return codec != ListLayout.ROWS;
    }

    /** Whether the rows are known one by one. */
    public boolean exact() {
        return ListLayout.exact(codec);
    }

    /** Whether the index says nothing of it. */
    public boolean everywhere() {
        return codec == ListLayout.EVERYWHERE;
    }

    /** Bytes to be read for {@link #set}, beyond what was read. */
    public int bytesToRead() {
        return outside ? listLength : 0;
    }

    int codec() {
        return codec;
    }

    int listBytes() {
        return listLength + (outside ? TermLayout.CRC_BYTES : 0);
    }

    /** Whether this is no term, but the rows with a compound that was too long to be one. */
    public boolean isLeftOut() {
        return compare(IndexReader.LEFT_OUT) == 0;
    }

    /** The name of the list's form, for people. */
    public String form() {
        return switch (codec) {
            case ListLayout.ROW -> "row";
            case ListLayout.ROWS -> "rows";
            case ListLayout.BLOCKS -> "blocks";
            case ListLayout.BITMAP -> "bitmap";
            case ListLayout.RUNS -> "runs";
            case ListLayout.PACKED_ROWS -> "packed rows";
            case ListLayout.PACKED_BLOCKS -> "packed blocks";
            default -> "everywhere";
        };
    }

    public int compare(byte[] other) {
        return Arrays.compareUnsigned(term, 0, length, other, 0, other.length);
    }

    public boolean startsWith(byte[] prefix) {
        return length >= prefix.length && Arrays.equals(term, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Where the part begins in the term at or after {@code from}, or -1. */
    public int indexOf(byte[] part, int from) {
        for (int i = from; i <= length - part.length; i++) {
            if (Arrays.equals(term, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        return -1;
    }

    /** The rows that have the term. */
    public RowSet set(QueryMemory memory) {
        if (everywhere()) {
            return RowSet.any(memory, index.rows());
        }
        var list = list();
        var set = RowSet.empty(memory, index.rows(), codec == ListLayout.ROW ? 1 : 8);
        switch (codec) {
            case ListLayout.ROW, ListLayout.ROWS -> addRows(list, set);
            case ListLayout.BLOCKS -> addBlocks(list, set);
            case ListLayout.BITMAP -> addBitmap(list, set);
            case ListLayout.PACKED_ROWS -> packed(list, index.rows(), row -> set.addRow(row));
            case ListLayout.PACKED_BLOCKS ->
                packed(list, ListLayout.blocks(index.rows()), found -> set.add(found, -1L, 0));
            default -> addRuns(list, set);
        }
        return set;
    }

    /** Shows each row of an {@link #exact} list. */
    public void forEachRow(RowSink sink) {
        var list = list();
        if (codec == ListLayout.PACKED_ROWS) {
            packed(list, index.rows(), sink);
            return;
        }
        long row = 0;
        for (boolean first = true; list.remaining() > 0; first = false) {
            row = following(list, row, first, index.rows());
            sink.row((int) row);
        }
    }

    /** Takes rows in order. */
    public interface RowSink {
        void row(int row);
    }

    private ByteSource list() {
        if (!outside) {
            return source(block, (int) listPlace, listLength);
        }
        var bytes = index.bytes().read(listPlace, (long) TermLayout.CRC_BYTES + listLength, stats);
        var list = source(bytes, 0, bytes.length);
        if (list.getInt() != CheckedFile.crc(bytes, TermLayout.CRC_BYTES, listLength)) {
            throw index.bytes().corrupt(listPlace, "checksum of a list of rows differs");
        }
        return list;
    }

    private void packed(ByteSource list, long limit, RowSink sink) {
        int low = list.getByte();
        long at = list.getVar();
        if (low > PackedGaps.MAX_BITS || at < 0 || at >= limit) {
            throw corrupt("a row out of range");
        }
        sink.row((int) at);
        var gaps = new PackedReader(list, low);
        for (long gap = gaps.next(); gap != 0; gap = gaps.next()) {
            if (gap < 0 || gap >= limit - at) {
                throw corrupt("a row out of range");
            }
            at += gap;
            sink.row((int) at);
        }
    }

    private void addRows(ByteSource list, RowSet set) {
        long row = 0;
        for (boolean first = true; list.remaining() > 0; first = false) {
            row = following(list, row, first, index.rows());
            set.addRow((int) row);
        }
    }

    private void addBlocks(ByteSource list, RowSet set) {
        long found = 0;
        for (boolean first = true; list.remaining() > 0; first = false) {
            found = following(list, found, first, ListLayout.blocks(index.rows()));
            set.add((int) found, -1L, 0);
        }
    }

    private void addBitmap(ByteSource list, RowSet set) {
        int blocks = ListLayout.blocks(index.rows());
        for (int first = 0; list.remaining() > 0; first += 8) {
            for (int bits = list.getByte(); bits != 0; bits &= bits - 1) {
                int found = first + Integer.numberOfTrailingZeros(bits);
                if (found >= blocks) {
                    throw corrupt("a block beyond the rows");
                }
                set.add(found, -1L, 0);
            }
        }
    }

    private void addRuns(ByteSource list, RowSet set) {
        long blocks = ListLayout.blocks(index.rows());
        long at = 0;
        while (list.remaining() > 0) {
            long out = list.getVar();
            long in = list.getVar();
            if (out < 0 || in <= 0 || out > blocks - at || in > blocks - at - out) {
                throw corrupt("a run beyond the rows");
            }
            at += out;
            for (long end = at + in; at < end; at++) {
                set.add((int) at, -1L, 0);
            }
        }
    }

    private long following(ByteSource list, long before, boolean first, long limit) {
        long gap = list.getVar();
        if (gap < 0 || (gap == 0 && !first) || gap >= limit - before) {
            throw corrupt("a row out of range");
        }
        return before + gap;
    }

    private StoreException corrupt(String problem) {
        return index.bytes().corrupt(index.groupPlace(group - 1), problem);
    }
}
