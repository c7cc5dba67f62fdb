package sherd.engine.archive.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.error.ErrorCode;

/**
 * Looks terms up. Holds the first term of every dictionary block; a lookup reads one block, and one list if the rows
 * are not inline. Thread-safe.
 */
public final class TermReader {
    private final CheckedFile file;
    private final Extent postings;
    private final Extent dictionary;
    private final int rows;
    private final byte[][] firstTerms;
    private final Extent[] blocks;
    private final long[] blockPostings;

    public TermReader(CheckedFile file, TermWriter.Parts parts, int rows, ReadStats stats) {
        this.file = file;
        this.postings = parts.postings();
        this.dictionary = parts.dictionary();
        this.rows = rows;
        var bytes = file.readChecked(parts.sparse(), stats);
        var source = new ByteSource(bytes, 0, bytes.length, ErrorCode.CORRUPT_SEGMENT, file.name());
        long wanted = (TermLayout.BLOCK_TERMS - 1L + parts.terms()) / TermLayout.BLOCK_TERMS;
        if (parts.terms() < 0 || wanted > bytes.length) {
            throw source.corrupt("an impossible number of terms: terms=" + parts.terms());
        }
        int count = (int) wanted;
        firstTerms = new byte[count][];
        blocks = new Extent[count];
        blockPostings = new long[count];
        long offset = dictionary.offset();
        for (int i = 0; i < count; i++) {
            firstTerms[i] = source.getBytes();
            long length = source.getVar();
            blocks[i] = new Extent(offset, length, source.getInt());
            blockPostings[i] = source.getVar();
            offset += length;
        }
        if (offset != dictionary.end() || source.remaining() != 0) {
            throw source.corrupt("dictionary of another length");
        }
    }

    /** Whether a term may be the start of a longer one. */
    public static boolean cut(int termLength) {
        return termLength >= TermLayout.MAX_TERM_BYTES;
    }

    /** A term as it would be stored. */
    public static byte[] stored(byte[] term) {
        return term.length > TermLayout.MAX_TERM_BYTES ? Arrays.copyOf(term, TermLayout.MAX_TERM_BYTES) : term;
    }

    /** Adds the rows of a term. */
    public void addRows(byte[] term, BitSet target, ReadStats stats) {
        var cursor = from(term, stats);
        while (cursor.next()) {
            int order = cursor.compare(term);
            if (order == 0) {
                cursor.addRows(target);
            }
            if (order >= 0) {
                return;
            }
        }
    }

    /** A cursor before the first term that is not less than this one, or a little earlier. */
    public Cursor from(byte[] term, ReadStats stats) {
        int low = 0;
        int high = firstTerms.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Arrays.compareUnsigned(firstTerms[middle], term) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return new Cursor(low, stats);
    }

    /** A cursor before the first term. */
    public Cursor all(ReadStats stats) {
        return new Cursor(0, stats);
    }

    /** What is not as in the table, which was made from the same rows; empty if nothing. */
    public String difference(TermTable table, ReadStats stats) {
        var cursor = all(stats);
        var gaps = new ByteSink();
        for (int term : table.sorted()) {
            if (!cursor.next()) {
                return "terms are missing at the end";
            }
            int start = table.nameStart(term);
            if (!Arrays.equals(table.nameBytes(), start, table.nameEnd(term), cursor.term, 0, cursor.length)) {
                return "a term is missing or too many: wanted='"
                        + new String(table.nameBytes(), start, table.nameEnd(term) - start, UTF_8) + "' got='"
                        + new String(cursor.term, 0, cursor.length, UTF_8) + "'";
            }
            gaps.clear();
            table.copyGaps(term, gaps);
            if (cursor.count != table.count(term) || !cursor.hasGaps(gaps)) {
                return "rows of a term differ: term='" + new String(cursor.term, 0, cursor.length, UTF_8) + "'";
            }
        }
        return cursor.next() ? "more terms than the rows have" : "";
    }

    /** Walks the terms in order. One owner. */
    public final class Cursor {
        private final ReadStats stats;
        private int block;
        private ByteSource source = new ByteSource(new byte[0], 0, 0, ErrorCode.CORRUPT_SEGMENT, file.name());
        private long nextList;
        private final byte[] term = new byte[TermLayout.MAX_TERM_BYTES];
        private int length;
        private long count;
        private long control;
        private long list;
        private final byte[] inline = new byte[TermLayout.MAX_INLINE_BYTES];

        private Cursor(int block, ReadStats stats) {
            this.block = block;
            this.stats = stats;
        }

        public boolean next() {
            boolean first = source.remaining() == 0;
            if (first) {
                if (block == blocks.length) {
                    return false;
                }
                var bytes = file.readChecked(blocks[block], stats);
                source = new ByteSource(bytes, 0, bytes.length, ErrorCode.CORRUPT_SEGMENT, file.name());
                nextList = blockPostings[block++];
            }
            long shared = source.getVar();
            long own = source.getVar();
            if (shared < 0 || own < 0 || shared > (first ? 0 : length) || own > term.length - shared) {
                throw source.corrupt("a term of impossible length");
            }
            source.getBytes(term, (int) shared, (int) own);
            length = (int) (shared + own);
            count = source.getVar();
            control = source.getVar();
            if (TermLayout.codec(control) != TermLayout.CODEC_GAPS) {
                throw source.corrupt("a list in a codec of a later version");
            }
            if (TermLayout.inline(control)) {
                if (TermLayout.length(control) > inline.length) {
                    throw source.corrupt("an inline list too long");
                }
                source.getBytes(inline, 0, (int) TermLayout.length(control));
            } else {
                list = nextList;
                nextList += TermLayout.CRC_BYTES + TermLayout.length(control);
            }
            return true;
        }

        /** The term's bytes, of which the first {@link #length} count. */
        public byte[] term() {
            return term;
        }

        public int length() {
            return length;
        }

        /** Rows that have the term. */
        public long count() {
            return count;
        }

        public int compare(byte[] other) {
            return Arrays.compareUnsigned(term, 0, length, other, 0, other.length);
        }

        public boolean startsWith(byte[] prefix) {
            return length >= prefix.length && Arrays.equals(term, 0, prefix.length, prefix, 0, prefix.length);
        }

        public boolean contains(byte[] part) {
            for (int i = 0; i <= length - part.length; i++) {
                if (Arrays.equals(term, i, i + part.length, part, 0, part.length)) {
                    return true;
                }
            }
            return false;
        }

        /** Adds the term's rows. */
        public void addRows(BitSet target) {
            var gaps = gaps();
            long row = 0;
            for (long i = 0; i < count; i++) {
                long gap = gaps.getVar();
                row += gap;
                if (row < 0 || row >= rows || (i > 0 && gap <= 0)) {
                    throw gaps.corrupt("a row out of range");
                }
                target.set((int) row);
            }
            if (gaps.remaining() != 0) {
                throw gaps.corrupt("a list longer than its count");
            }
        }

        private boolean hasGaps(ByteSink wanted) {
            var gaps = gaps();
            var bytes = new byte[gaps.remaining()];
            gaps.getBytes(bytes, 0, bytes.length);
            return Arrays.equals(bytes, 0, bytes.length, wanted.array(), 0, wanted.size());
        }

        private ByteSource gaps() {
            int bytes = (int) TermLayout.length(control);
            return TermLayout.inline(control)
                    ? new ByteSource(inline, 0, bytes, ErrorCode.CORRUPT_SEGMENT, file.name())
                    : readList();
        }

        private ByteSource readList() {
            long offset = postings.offset() + list;
            var bytes = file.read(offset, TermLayout.CRC_BYTES + TermLayout.length(control), stats);
            var source = new ByteSource(bytes, 0, bytes.length, ErrorCode.CORRUPT_SEGMENT, file.name());
            if (source.getInt() != CheckedFile.crc(bytes, TermLayout.CRC_BYTES, bytes.length - TermLayout.CRC_BYTES)) {
                throw Failures.corruptSegment(file.name(), offset, "checksum of a list of rows differs");
            }
            return source;
        }
    }
}
