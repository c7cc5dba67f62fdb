package sherd.engine.archive;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.arrow.ArrowBatch;
import sherd.engine.archive.arrow.Opener;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.QueryMemory;
import sherd.engine.archive.text.Query;
import sherd.engine.archive.text.RowView;
import sherd.engine.archive.text.RowsMatcher;
import sherd.engine.archive.text.TextRows;

/**
 * Decides many rows of a batch together. What a batch is read and opened into is kept for the next one, of whatever
 * segment, and takes nobody's place in the cache. One owner; it counts in the memory of its query.
 */
public final class BatchScan implements AutoCloseable {
    /** A batch with more, such as one of a single huge row, is read like any other. */
    private static final long MOST_BYTES = 2 << 20;

    private static final int LEAST_BYTES = 32 << 10;

    private final QueryMemory memory;
    private @Nullable Opener opener;
    private byte[] message = {};
    private TextRows[] texts = {};
    private List<SegmentColumn> columns = List.of();
    private Query query = new Query.All();
    private Optional<RowsMatcher> matcher = Optional.empty();

    public BatchScan(QueryMemory memory) {
        this.memory = memory;
    }

    /** Of its query. */
    public QueryMemory memory() {
        return memory;
    }

    /**
     * Clears the rows that do not match a bound query; counted from the batch's first. False, and nothing done, if the
     * rows are better read one by one.
     */
    boolean keep(Segment segment, int index, Query bound, BitSet rows, ReadStats stats) {
        var rowsMatcher = matcher(bound, segment.meta().columns());
        long length = segment.batchLength(index);
        if (rowsMatcher.isEmpty() || length > MOST_BYTES || !roomForMessage((int) length)) {
            return false;
        }
        var batch = segment.batch(index, stats, message);
        if (batch.memoryBytes() > MOST_BYTES) {
            return false;
        }
        try {
            if (!open(batch, rowsMatcher.get())) {
                return false;
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw segment.brokenBatch(index, e);
        }
        var view = new View(batch);
        rowsMatcher.get().keep(texts, view::at, rows);
        return true;
    }

    private Optional<RowsMatcher> matcher(Query bound, List<SegmentColumn> of) {
        if (texts.length == 0 || !bound.equals(query) || !of.equals(columns)) {
            query = bound;
            columns = of;
            matcher = RowsMatcher.of(bound, of);
            texts = new TextRows[of.size()];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = new TextRows();
            }
        }
        return matcher;
    }

    private boolean roomForMessage(int length) {
        if (message.length >= length) {
            return true;
        }
        int room = Math.max(length + (length >> 1), LEAST_BYTES);
        if (!memory.tryTake(room - message.length)) {
            return false;
        }
        message = new byte[room];
        return true;
    }

    private boolean open(ArrowBatch batch, RowsMatcher of) {
        var openWith = opener;
        if (openWith == null) {
            if (!memory.tryTake(Opener.HELD_BYTES)) {
                return false;
            }
            openWith = new Opener();
            opener = openWith;
        }
        for (int column = 0; column < texts.length; column++) {
            if (of.reads(column)) {
                var text = texts[column];
                long more = TextRows.roomBytes(batch.rows(), batch.textLength(column)) - text.heldBytes();
                if (more > 0 && !memory.tryTake(more)) {
                    return false;
                }
                text.room(batch.rows(), batch.textLength(column));
                batch.copyText(column, text.bytes(), openWith);
                batch.copyStarts(column, text.starts(), openWith);
            }
        }
        return true;
    }

    @Override
    public void close() {
        var openWith = opener;
        if (openWith != null) {
            openWith.close();
            opener = null;
        }
    }

    /** A row of a batch whose text is open. */
    private final class View implements RowView {
        private final ArrowBatch batch;
        private int row;

        View(ArrowBatch batch) {
            this.batch = batch;
        }

        RowView at(int to) {
            row = to;
            return this;
        }

        @Override
        public boolean isNull(int column) {
            return batch.isNull(column, row);
        }

        @Override
        public long getLong(int column) {
            return batch.getLong(column, row);
        }

        @Override
        public double getDouble(int column) {
            return batch.getDouble(column, row);
        }

        @Override
        public int length(int column) {
            var starts = texts[column].starts();
            return starts[row + 1] - starts[row];
        }

        @Override
        public void copyBytes(int column, byte[] target, int offset) {
            System.arraycopy(texts[column].bytes(), texts[column].starts()[row], target, offset, length(column));
        }
    }
}
