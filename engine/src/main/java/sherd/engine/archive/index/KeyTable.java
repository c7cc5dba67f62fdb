package sherd.engine.archive.index;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.memory.MemoryBudget;

/** Key hashes while a segment is written. The row of a key is the number it was added as. */
public final class KeyTable implements AutoCloseable {
    /** Where the parts went; pages carry their own checksums, so their extent has none. */
    public record Parts(Extent pages, Extent firsts, Extent filter, int keys) {
        public static final Parts NONE = new Parts(Extent.NONE, Extent.NONE, Extent.NONE, 0);
    }

    private final MemoryBudget budget;
    private long reserved;
    private long[] hashes = new long[512];
    private int[] rows = new int[512];
    private int count;

    public KeyTable(MemoryBudget budget) {
        this.budget = budget;
        account();
    }

    public void add(long hash, int row) {
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, count * 2);
            rows = Arrays.copyOf(rows, count * 2);
            account();
        }
        hashes[count] = hash;
        rows[count++] = row;
    }

    public Parts write(FileAppender out) {
        var order = IntSort.sorted(count, (left, right) -> {
            int byHash = Long.compareUnsigned(hashes[left], hashes[right]);
            return byHash != 0 ? byHash : Integer.compare(rows[left], rows[right]);
        });
        long start = out.position();
        var firsts = new ByteSink();
        var page = new ByteSink();
        var distinct = new long[count];
        int distinctCount = 0;
        for (int i = 0; i < count; i++) {
            long hash = hashes[order[i]];
            if (i == 0 || hash != hashes[order[i - 1]]) {
                distinct[distinctCount++] = hash;
            }
            if (page.size() == 0) {
                firsts.putLong(hash);
            }
            page.putLong(hash);
            page.putInt(rows[order[i]]);
            if (page.size() == KeyLayout.PAGE_KEYS * KeyLayout.ENTRY || i == count - 1) {
                page.putZeros(KeyLayout.PAGE_CRC - page.size());
                page.putInt(CheckedFile.crc(page.array(), 0, KeyLayout.PAGE_CRC));
                out.put(page.array(), 0, page.size());
                page.clear();
            }
        }
        var pages = new Extent(start, out.position() - start, 0);
        var filter = new ByteSink();
        KeyFilter.of(distinct, distinctCount).write(filter);
        return new Parts(pages, put(out, firsts), put(out, filter), count);
    }

    @Override
    public void close() {
        budget.release(MemoryBudget.Purpose.INDEX, reserved);
        reserved = 0;
    }

    private void account() {
        budget.reserve(MemoryBudget.Purpose.INDEX, hashes.length * 12L - reserved);
        reserved = hashes.length * 12L;
    }

    private static Extent put(FileAppender out, ByteSink part) {
        long offset = out.position();
        out.put(part.array(), 0, part.size());
        return new Extent(offset, part.size(), CheckedFile.crc(part.array(), 0, part.size()));
    }
}
