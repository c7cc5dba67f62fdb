package sherd.engine.archive.index;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.KeptBytes;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/**
 * Looks terms up. A word that the filter does not have costs no read. Else a lookup searches the first terms of the groups
 * where they lie and reads one dictionary block, and a list if it is not in it; each is checked when it is read.
 * Thread-safe.
 */
public final class IndexReader {
    /** Not a term of any text: rows with a compound that was too long to be a term. */
    static final byte[] LEFT_OUT = {0};

    private static final int CHUNK = 64 << 10;

    private final IndexBytes bytes;
    private final long rows;
    private final long terms;
    private final long postings;
    private final int groups;
    private final int firstBytes;
    /** First terms, then entries. */
    private final KeptBytes sparse;

    private final long sparsePlace;
    /** Of the words of each run of groups. */
    private final TermFilter[] filters;

    private final long filterBytes;

    private IndexReader(IndexBytes bytes, long rows, ReadStats stats) {
        this.bytes = bytes;
        this.rows = rows;
        long place = bytes.size() - IndexLayout.TAIL;
        var tail = bytes.read(place, IndexLayout.TAIL, stats);
        var source = new ByteSource(tail, 0, tail.length, ErrorCode.CORRUPT_SEGMENT, bytes.fileName());
        if (source.getLong() != IndexLayout.MAGIC) {
            throw bytes.corrupt(place, "no index here");
        }
        if (CheckedFile.crc(tail, 0, IndexLayout.TAIL_CRC)
                != KeptBytes.of(tail, IndexLayout.TAIL_CRC, Integer.BYTES).getInt(0)) {
            throw bytes.corrupt(place, "checksum of the index's tail differs");
        }
        int version = source.getInt();
        if (version != IndexLayout.VERSION) {
            throw bytes.corrupt(place, "an index of version " + version + "; this node reads " + IndexLayout.VERSION);
        }
        int blockRows = source.getInt();
        long ownRows = source.getLong();
        terms = source.getLong();
        postings = source.getLong();
        firstBytes = source.getInt();
        groups = source.getInt();
        int crc = source.getInt();
        var name = new byte[IndexLayout.TOKENIZER_BYTES];
        source.getBytes(name, 0, name.length);
        var tokenizer = new String(name, US_ASCII).replace("\0", "");
        if (!tokenizer.equals(Tokenizer.ID)) {
            throw bytes.corrupt(place, "words cut by tokenizer '" + tokenizer + "'; this node cuts by " + Tokenizer.ID);
        }
        long length = firstBytes + (long) groups * IndexLayout.ENTRY + (long) runs(groups) * IndexLayout.FILTER_ENTRY;
        boolean fits = groups >= 0 && firstBytes >= 0 && length <= place;
        if (!fits || ownRows != rows || blockRows != ListLayout.BLOCK_ROWS || groups(terms) != groups) {
            throw bytes.corrupt(place, "an index of other rows: rows=" + ownRows + " wanted=" + rows);
        }
        sparsePlace = place - length;
        sparse = bytes.keep(sparsePlace, length, stats);
        check(sparse, crc, sparsePlace, "checksum of the first terms differs");
        filters = new TermFilter[runs(groups)];
        long kept = 0;
        for (int i = 0; i < filters.length; i++) {
            long entry = entry(groups) + (long) i * IndexLayout.FILTER_ENTRY;
            long located = sparse.getLong(entry);
            filters[i] = filter(located, sparse.getInt(entry + 8), stats);
            kept += IndexLayout.length(located);
        }
        filterBytes = kept;
    }

    private TermFilter filter(long located, int crc, ReadStats stats) {
        long place = IndexLayout.place(located);
        var whole = bytes.keep(place, IndexLayout.length(located), stats);
        check(whole, crc, place, "checksum of a filter differs");
        try {
            return TermFilter.in(whole, bytes.fileName());
        } catch (InternalError e) {
            throw cut(e);
        }
    }

    /** Runs of groups that have a filter each. */
    private static int runs(int groups) {
        return (groups + IndexLayout.FILTER_GROUPS - 1) / IndexLayout.FILTER_GROUPS;
    }

    /** Opens the index of so many rows. */
    public static IndexReader open(IndexBytes bytes, long rows, ReadStats stats) {
        return new IndexReader(bytes, rows, stats);
    }

    private static long groups(long terms) {
        return (terms + IndexLayout.GROUP_TERMS - 1) / IndexLayout.GROUP_TERMS;
    }

    private void check(KeptBytes kept, int wanted, long place, String problem) {
        var crc = new CRC32C();
        var copy = new byte[(int) Math.min(CHUNK, kept.size())];
        try {
            for (long at = 0; at < kept.size(); at += copy.length) {
                int step = (int) Math.min(copy.length, kept.size() - at);
                kept.copy(at, copy, 0, step);
                crc.update(copy, 0, step);
            }
        } catch (InternalError e) {
            throw cut(e);
        }
        if ((int) crc.getValue() != wanted) {
            throw bytes.corrupt(place, problem);
        }
    }

    private StoreException cut(InternalError cause) {
        var problem = bytes.corrupt(sparsePlace, "the file was cut while open");
        problem.addSuppressed(cause);
        return problem;
    }

    /** Whether a term may be the start of a longer one. */
    public static boolean isCut(int termLength) {
        return termLength >= TermLayout.MAX_TERM_BYTES;
    }

    /** A term as it would be stored. */
    public static byte[] stored(byte[] term) {
        return storedLength(term.length) < term.length ? Arrays.copyOf(term, storedLength(term.length)) : term;
    }

    /** Bytes of a term that are stored. */
    public static int storedLength(int termLength) {
        return Math.min(termLength, TermLayout.MAX_TERM_BYTES);
    }

    public long rows() {
        return rows;
    }

    public long terms() {
        return terms;
    }

    /** Pairs of a term and a row that has it. */
    public long postings() {
        return postings;
    }

    /** Memory that this takes. */
    public long heldBytes() {
        return bytes.keepsCopies() ? sparse.size() + filterBytes : 0;
    }

    IndexBytes bytes() {
        return bytes;
    }

    int groups() {
        return groups;
    }

    /** Bytes that find a group: first terms, entries and tail. */
    long sparseBytes() {
        return sparse.size() + IndexLayout.TAIL;
    }

    long filterBytes() {
        return filterBytes;
    }

    /** A cursor at the term, or null if no row has it. */
    public @Nullable TermCursor find(byte[] term, ReadStats stats) {
        boolean filtered = TermFilterWriter.has(term, term.length);
        if (groups == 0 || (filtered && filters.length == 1 && !mayContain(term, 0))) {
            return null;
        }
        int group = groupOf(term);
        if (filtered && filters.length > 1 && !mayContain(term, group)) {
            return null;
        }
        var cursor = new TermCursor(this, group, stats);
        while (cursor.next()) {
            int order = cursor.compare(term);
            if (order >= 0) {
                return order == 0 ? cursor : null;
            }
        }
        return null;
    }

    /** A cursor at the rows with a compound that was too long to be a term, or null if there are none. */
    public @Nullable TermCursor findLeftOut(ReadStats stats) {
        return find(LEFT_OUT, stats);
    }

    private boolean mayContain(byte[] word, int group) {
        try {
            return filters[group / IndexLayout.FILTER_GROUPS].mayContain(TermHash.of(word, 0, word.length));
        } catch (InternalError e) {
            throw cut(e);
        }
    }

    /** A cursor before the first term that is not less than this one, or a little earlier. */
    public TermCursor from(byte[] term, ReadStats stats) {
        return new TermCursor(this, groupOf(term), stats);
    }

    /** The last group whose first term is not greater, or the first group. */
    private int groupOf(byte[] term) {
        int low = 0;
        int high = groups - 1;
        var first = new byte[TermLayout.MAX_TERM_BYTES];
        try {
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                if (compareFirst(middle, term, first) <= 0) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            sparse.settle();
        } catch (InternalError e) {
            throw cut(e);
        } catch (IndexOutOfBoundsException e) {
            throw bytes.corrupt(sparsePlace, "first terms that do not hold together");
        }
        return low;
    }

    /** A cursor before the first term. */
    public TermCursor all(ReadStats stats) {
        return new TermCursor(this, 0, stats);
    }

    private int compareFirst(int group, byte[] wanted, byte[] first) {
        long start = group == 0 ? 0 : firstEnd(group - 1);
        int length = (int) (firstEnd(group) - start);
        int shown = Math.min(length, first.length);
        sparse.peek(start, first, 0, shown);
        return Arrays.compareUnsigned(first, 0, shown, wanted, 0, wanted.length);
    }

    private long firstEnd(int group) {
        return sparse.peekInt(entry(group) + 12);
    }

    private long entry(int group) {
        return firstBytes + (long) group * IndexLayout.ENTRY;
    }

    long groupPlace(int group) {
        return group == groups ? sparsePlace : IndexLayout.place(located(group));
    }

    private long located(int group) {
        try {
            return sparse.getLong(entry(group));
        } catch (InternalError e) {
            throw cut(e);
        }
    }

    /** The dictionary block of a group. */
    byte[] block(int group, ReadStats stats) {
        long located = located(group);
        var block = bytes.read(IndexLayout.place(located), IndexLayout.length(located), stats);
        int wanted = sparse.getInt(entry(group) + 8);
        if (CheckedFile.crc(block, 0, block.length) != wanted) {
            throw bytes.corrupt(IndexLayout.place(located), "checksum of a dictionary block differs");
        }
        return block;
    }

    /** Where the lists of a group start. */
    long listsPlace(int group) {
        long located = located(group);
        return IndexLayout.place(located) + IndexLayout.length(located);
    }
}
