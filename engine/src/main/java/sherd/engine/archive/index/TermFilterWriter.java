package sherd.engine.archive.index;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.archive.text.TermSink;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * Gathers the words of an index and writes a filter of each run of groups, so that memory does not grow with the terms.
 * One owner.
 */
final class TermFilterWriter implements AutoCloseable {
    private final FileAppender out;
    private final long start;
    private final MemoryBudget budget;
    private final TermSink words;
    private final Region hashes;
    private final ByteSink table = new ByteSink();
    private int count;
    private int groups;

    /**
     * @param start of the index in the file
     * @param words is shown each
     */
    TermFilterWriter(FileAppender out, long start, MemoryBudget budget, TermSink words) {
        this.out = out;
        this.start = start;
        this.budget = budget;
        this.words = words;
        this.hashes = new Region(budget, MemoryBudget.Purpose.INDEX, 64 * Long.BYTES);
    }

    /** Compounds are met on walks only: nobody looks one up. */
    static boolean has(byte[] term, int length) {
        for (int i = 0; i < length; i++) {
            if (Tokenizer.isConnector(term[i])) {
                return false;
            }
        }
        return true;
    }

    void add(byte[] term, int length) {
        if (has(term, length)) {
            words.word(term, 0, length);
            hashes.ensure((count + 1L) * Long.BYTES);
            OffHeap.putLong(hashes.address() + (long) count++ * Long.BYTES, TermHash.of(term, 0, length));
        }
    }

    /** After each group. */
    void endGroup() {
        if (++groups == IndexLayout.FILTER_GROUPS) {
            write();
        }
    }

    /** Writes the last filter; returns the places of all. */
    ByteSink finish() {
        if (groups > 0) {
            write();
        }
        return table;
    }

    private void write() {
        long place = out.position();
        out.startPart();
        KeyFilter.write(hashes.address(), Long.BYTES, dropEqual(), KeyFilter.WIDE, out, budget);
        table.putLong(IndexLayout.located(place - start, (int) (out.position() - place)));
        table.putInt(out.partCrc());
        count = 0;
        groups = 0;
    }

    /** No two of a filter may be equal. */
    private int dropEqual() {
        var sorted = new long[count];
        for (int i = 0; i < count; i++) {
            sorted[i] = OffHeap.getLong(hashes.address() + (long) i * Long.BYTES);
        }
        Arrays.sort(sorted);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                OffHeap.putLong(hashes.address() + (long) distinct++ * Long.BYTES, sorted[i]);
            }
        }
        return distinct;
    }

    @Override
    public void close() {
        hashes.close();
    }
}
