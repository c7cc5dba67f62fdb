package sherd.engine.archive.index;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.archive.text.TermSink;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.MemoryBudget;

/**
 * Makes an index of rows that come in order, in the form of {@link IndexLayout}. One owner.
 *
 * <p>Terms gather in a table. When it is full they go aside as a sorted run, and the table begins again; the runs are
 * merged at the end. So memory does not grow with the rows, but for the first terms of the groups, some two
 * thousandths of the text. The bytes are the same however often the table was full.
 */
public final class IndexWriter implements TermSink, AutoCloseable {
    /** In use in the table; enough for about a hundred megabytes of logs. */
    public static final long USUAL_TABLE_BYTES = 16L << 20;

    private static final int ACCOUNT_EVERY = 256;

    private final RunFiles files;
    private final long tableBytes;
    private final MemoryBudget budget;
    private final TermTable table;
    private final List<DiskFile> runs = new ArrayList<>();
    private int row;

    public IndexWriter(RunFiles files, MemoryBudget budget, long tableBytes) {
        this.files = files;
        this.tableBytes = tableBytes;
        this.budget = budget;
        this.table = new TermTable(budget);
    }

    /** The terms that follow are of this row; rows count from 0 and may be left out. */
    public void startRow(int number) {
        row = number;
        if (number % ACCOUNT_EVERY == 0) {
            table.account();
        }
        if (table.usedBytes() > tableBytes) {
            putAside();
        }
    }

    @Override
    public void word(byte[] buffer, int offset, int length) {
        table.gather(buffer, offset, length, row);
    }

    @Override
    public void compound(byte[] buffer, int offset, int length) {
        table.gather(buffer, offset, length, row);
    }

    @Override
    public void leftOutCompound() {
        table.addGathered(row);
        table.gather(IndexReader.LEFT_OUT, 0, IndexReader.LEFT_OUT.length, row);
        table.addGathered(row);
    }

    @Override
    public void endText() {
        table.addGathered(row);
    }

    /** Writes the index of so many rows. */
    public Extent finish(FileAppender out, long rows) {
        return finish(out, rows, (buffer, offset, length) -> {});
    }

    /** The same, and shows each word once, as far as it is stored. */
    public Extent finish(FileAppender out, long rows, TermSink words) {
        var sources = new ArrayList<TermSource>();
        runs.forEach(run -> sources.add(new RunSource(run)));
        sources.add(new TableSource(table));
        try (var filters = new TermFilterWriter(out, out.position(), budget, words)) {
            return new Output(out, rows, filters).write(new TermMerge(sources));
        }
    }

    /** How often the table was full. */
    public int runs() {
        return runs.size();
    }

    @Override
    public void close() {
        table.close();
        files.close();
    }

    private void putAside() {
        try {
            var file = files.create();
            RunWriter.write(file, new TableSource(table));
            runs.add(file);
            table.clear();
        } catch (IOException e) {
            throw Failures.writing("a sorted run of words", e);
        }
    }

    /** The way from merged terms to bytes. */
    private static final class Output {
        private final FileAppender out;
        private final long start;
        private final long rows;
        private final ListEncoder encoder;
        private final TermFilterWriter filters;
        private final ByteSink block = new ByteSink();
        private final ByteSink lists = new ByteSink();
        private final ByteSink firstTerms = new ByteSink();
        private final ByteSink entries = new ByteSink();
        private final byte[] before = new byte[TermLayout.MAX_TERM_BYTES];
        private int beforeLength;
        private int inGroup;
        private long terms;
        private long postings;

        Output(FileAppender out, long rows, TermFilterWriter filters) {
            this.out = out;
            this.start = out.position();
            this.rows = rows;
            this.encoder = new ListEncoder(rows);
            this.filters = filters;
        }

        Extent write(TermMerge merged) {
            while (merged.next()) {
                if (inGroup == 0) {
                    firstTerms.putBytes(merged.term(), 0, merged.length());
                }
                putTerm(merged);
                filters.add(merged.term(), merged.length());
                terms++;
                postings += merged.rows();
                if (++inGroup == IndexLayout.GROUP_TERMS) {
                    endGroup();
                }
            }
            endGroup();
            putEnd();
            return new Extent(start, out.position() - start, 0);
        }

        private void putTerm(TermMerge merged) {
            int shared = inGroup == 0 ? 0 : shared(merged.term(), merged.length());
            int own = merged.length() - shared;
            block.putByte(TermLayout.lengths(shared, own));
            putMore(shared);
            putMore(own);
            block.putBytes(merged.term(), shared, own);
            System.arraycopy(merged.term(), shared, before, shared, own);
            beforeLength = merged.length();
            int codec = encoder.encode(merged.values(), merged.count(), merged.byBlocks());
            var list = encoder.bytes();
            boolean outside = list.size() > TermLayout.MAX_INSIDE_BYTES;
            block.putByte(TermLayout.list(codec, outside, list.size()));
            putMore(list.size());
            if (codec > ListLayout.ROWS) {
                block.putVar(merged.rows());
            }
            if (outside) {
                lists.putInt(CheckedFile.crc(list.array(), 0, list.size()));
                lists.putBytes(list.array(), 0, list.size());
            } else {
                block.putBytes(list.array(), 0, list.size());
            }
        }

        private void putMore(int length) {
            if (length >= TermLayout.MANY) {
                block.putVar(length - TermLayout.MANY);
            }
        }

        private int shared(byte[] term, int length) {
            int mismatch = Arrays.mismatch(before, 0, beforeLength, term, 0, length);
            return mismatch < 0 ? beforeLength : mismatch;
        }

        private void endGroup() {
            if (inGroup == 0) {
                return;
            }
            entries.putLong(IndexLayout.located(out.position() - start, block.size()));
            entries.putInt(CheckedFile.crc(block.array(), 0, block.size()));
            entries.putInt(firstTerms.size());
            out.put(block.array(), 0, block.size());
            out.put(lists.array(), 0, lists.size());
            block.clear();
            lists.clear();
            inGroup = 0;
            filters.endGroup();
        }

        private void putEnd() {
            var places = filters.finish();
            int groups = entries.size() / IndexLayout.ENTRY;
            int firstBytes = firstTerms.size();
            firstTerms.putBytes(entries.array(), 0, entries.size());
            firstTerms.putBytes(places.array(), 0, places.size());
            out.put(firstTerms.array(), 0, firstTerms.size());
            var tail = new ByteSink();
            tail.putLong(IndexLayout.MAGIC);
            tail.putInt(IndexLayout.VERSION);
            tail.putInt(ListLayout.BLOCK_ROWS);
            tail.putLong(rows);
            tail.putLong(terms);
            tail.putLong(postings);
            tail.putInt(firstBytes);
            tail.putInt(groups);
            tail.putInt(CheckedFile.crc(firstTerms.array(), 0, firstTerms.size()));
            var tokenizer = Arrays.copyOf(Tokenizer.ID.getBytes(US_ASCII), IndexLayout.TOKENIZER_BYTES);
            tail.putBytes(tokenizer, 0, tokenizer.length);
            tail.putInt(CheckedFile.crc(tail.array(), 0, IndexLayout.TAIL_CRC));
            out.put(tail.array(), 0, tail.size());
        }
    }
}
