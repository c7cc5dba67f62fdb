package sherd.engine.archive.index;

import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.FileAppender;

/** Writes a {@link TermTable} in the form of {@link TermLayout}. */
public final class TermWriter {
    /** Where the parts went; the postings carry their own checksums, so their extent has none. */
    public record Parts(Extent postings, Extent dictionary, Extent sparse, int terms) {}

    private final FileAppender out;
    private final TermTable table;
    private final ByteSink dictionary = new ByteSink();
    private final ByteSink sparse = new ByteSink();
    private final ByteSink gaps = new ByteSink();
    private final ByteSink sum = new ByteSink();
    private int blockStart;
    private long blockPostings;

    private TermWriter(FileAppender out, TermTable table) {
        this.out = out;
        this.table = table;
    }

    public static Parts write(FileAppender out, TermTable table) {
        return new TermWriter(out, table).write();
    }

    private Parts write() {
        long start = out.position();
        var order = table.sorted();
        for (int i = 0; i < order.length; i++) {
            if (i % TermLayout.BLOCK_TERMS == 0) {
                endBlock();
                startBlock(order[i], out.position() - start);
            }
            putTerm(order[i], i % TermLayout.BLOCK_TERMS == 0 ? -1 : order[i - 1]);
        }
        endBlock();
        var postings = new Extent(start, out.position() - start, 0);
        return new Parts(postings, put(dictionary), put(sparse), order.length);
    }

    private void startBlock(int first, long postings) {
        blockStart = dictionary.size();
        blockPostings = postings;
        int length = table.nameEnd(first) - table.nameStart(first);
        sparse.putVar(length);
        sparse.putBytes(table.nameBytes(), table.nameStart(first), length);
    }

    private void endBlock() {
        int length = dictionary.size() - blockStart;
        if (length > 0) {
            sparse.putVar(length);
            sparse.putInt(CheckedFile.crc(dictionary.array(), blockStart, length));
            sparse.putVar(blockPostings);
        }
    }

    private void putTerm(int term, int before) {
        var names = table.nameBytes();
        int start = table.nameStart(term);
        int length = table.nameEnd(term) - start;
        int shared = before < 0 ? 0 : shared(names, start, length, before);
        dictionary.putVar(shared);
        dictionary.putVar(length - shared);
        dictionary.putBytes(names, start + shared, length - shared);
        dictionary.putVar(table.count(term));
        gaps.clear();
        table.copyGaps(term, gaps);
        boolean inline = gaps.size() <= TermLayout.MAX_INLINE_BYTES;
        dictionary.putVar(TermLayout.control(gaps.size(), TermLayout.CODEC_GAPS, inline));
        if (inline) {
            dictionary.putBytes(gaps.array(), 0, gaps.size());
        } else {
            sum.clear();
            sum.putInt(CheckedFile.crc(gaps.array(), 0, gaps.size()));
            out.put(sum.array(), 0, sum.size());
            out.put(gaps.array(), 0, gaps.size());
        }
    }

    private int shared(byte[] names, int start, int length, int before) {
        int limit = Math.min(length, table.nameEnd(before) - table.nameStart(before));
        int shared = 0;
        while (shared < limit && names[start + shared] == names[table.nameStart(before) + shared]) {
            shared++;
        }
        return shared;
    }

    private Extent put(ByteSink part) {
        long offset = out.position();
        out.put(part.array(), 0, part.size());
        return new Extent(offset, part.size(), CheckedFile.crc(part.array(), 0, part.size()));
    }
}
