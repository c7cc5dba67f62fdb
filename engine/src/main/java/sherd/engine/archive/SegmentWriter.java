package sherd.engine.archive;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sherd.engine.archive.arrow.ArrowField;
import sherd.engine.archive.arrow.ArrowWriter;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.archive.file.TarLayout;
import sherd.engine.archive.index.DiskRuns;
import sherd.engine.archive.index.IndexWriter;
import sherd.engine.archive.index.KeyTable;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.time.Clock;

/**
 * Writes one segment, row by row in the order they shall have. One owner.
 *
 * <p>Rows stream to a temporary file; the words wait in an {@link IndexWriter}. {@link #seal} writes the index and publishes the file
 * under its name: durable first, then visible. Without it nothing stays.
 */
public final class SegmentWriter implements AutoCloseable {
    private static final int SUM_BYTES = 256 << 10;

    private final Disk disk;
    private final SegmentSpec spec;
    private final String temporary;
    private final MemoryBudget budget;
    private final long createdSeconds;
    private final MessageDigest digest = sha256();
    private final FileAppender out;
    private final ArrowWriter arrow;
    private final BlockTable.Builder blocks = new BlockTable.Builder();
    private final IndexWriter index;
    private final KeyTable keys;
    private final Tokenizer tokenizer = new Tokenizer();
    private final TermBloom.Builder bloom = new TermBloom.Builder();

    private int rows;
    private long rowTime;
    private long batchMinTime = Long.MAX_VALUE;
    private long batchMaxTime = Long.MIN_VALUE;
    private long minTime = Long.MAX_VALUE;
    private long maxTime = Long.MIN_VALUE;
    private boolean timeSorted = true;
    private long minKeyHash = -1;
    private long maxKeyHash;
    private boolean fileOpen = true;
    private boolean sealed;
    private boolean closed;

    private SegmentWriter(Disk disk, SegmentSpec spec, DiskFile file, String temporary, long now, MemoryBudget budget) {
        this.disk = disk;
        this.spec = spec;
        this.temporary = temporary;
        this.budget = budget;
        this.createdSeconds = Math.max(0, now / 1000);
        this.out = new FileAppender(file, temporary, digest, budget);
        this.index = new IndexWriter(new DiskRuns(disk, spec.file()), budget, IndexWriter.USUAL_TABLE_BYTES);
        this.keys = new KeyTable(budget);
        out.zeros(TarLayout.BLOCK);
        out.startMember(true);
        this.arrow = new ArrowWriter(
                out, arrowFields(spec.columns()), arrowMetadata(spec.id(), spec), spec.compression(), budget);
    }

    public static SegmentWriter create(Disk disk, SegmentSpec spec, Clock clock, MemoryBudget budget) {
        var temporary = spec.file() + ".tmp";
        try {
            if (disk.exists(spec.file())) {
                throw new StoreException(
                        ErrorCode.INTERNAL_INVARIANT,
                        "a published segment is never written again: file=" + spec.file() + "; choose another id");
            }
            disk.delete(temporary);
            var file = disk.create(temporary);
            try {
                return new SegmentWriter(disk, spec, file, temporary, clock.epochMillis(), budget);
            } catch (StoreException e) {
                file.close();
                disk.delete(temporary);
                throw e;
            }
        } catch (IOException e) {
            throw Failures.writing(temporary, e);
        }
    }

    /** For INT64, INT32, TIMESTAMP and BOOL (0 or 1). */
    public void putLong(int column, long value) {
        arrow.putLong(column, value);
        if (column == spec.timeColumn()) {
            rowTime = value;
        }
    }

    /** For FLOAT64 and FLOAT32. */
    public void putDouble(int column, double value) {
        arrow.putDouble(column, value);
    }

    public void putBytes(int column, long address, int length) {
        OffHeap.copy(address, arrow.roomForBytes(column, length), length);
    }

    public void putBytes(int column, byte[] bytes, int offset, int length) {
        OffHeap.copy(bytes, offset, arrow.roomForBytes(column, length), length);
    }

    /** Ends the row; columns that got no value are null. */
    public void endRow() {
        requireRoom(1);
        index.startRow(rows);
        for (int column = 0; column < spec.columns().size(); column++) {
            if (spec.columns().get(column).searched() && arrow.pendingSet(column)) {
                tokenizer.tokenize(arrow.pendingAddress(column), arrow.pendingLength(column), index);
            }
        }
        if (spec.keyColumn() >= 0) {
            addKey();
        }
        addTime();
        rows++;
        if (arrow.endRow()) {
            endBatch();
        }
    }

    /** Adds the row at a cursor of a segment with the same columns. */
    public void copyRow(RowCursor from) {
        for (int i = 0; i < spec.columns().size(); i++) {
            if (from.isNull(i)) {
                continue;
            }
            switch (spec.columns().get(i).type()) {
                case INT64, INT32, TIMESTAMP, BOOL -> putLong(i, from.getLong(i));
                case FLOAT64, FLOAT32 -> putDouble(i, from.getDouble(i));
                case STRING, JSON, BYTES -> from.copyBytes(i, arrow.roomForBytes(i, from.length(i)));
            }
        }
        endRow();
    }

    /**
     * Adds the row at a cursor of a segment with the same columns and those behind it, as many as one batch has and
     * another takes. Not of a segment with keys.
     *
     * @param placed a column whose numbers are less by the place of their row in its batch
     * @return how many
     */
    public int copyRows(RowCursor from, int most, int placed) {
        requireRoom(most);
        int first = arrow.rowInBatch();
        int count = from.copyRows(arrow, most, placed);
        for (int row = first; row < first + count; row++) {
            index.startRow(rows);
            for (int column = 0; column < spec.columns().size(); column++) {
                if (spec.columns().get(column).searched() && arrow.isSet(column, row)) {
                    tokenizer.tokenize(arrow.address(column, row), arrow.length(column, row), index);
                }
            }
            rowTime = spec.timeColumn() >= 0 && arrow.isSet(spec.timeColumn(), row)
                    ? arrow.getLong(spec.timeColumn(), row)
                    : 0;
            addTime();
            rows++;
        }
        if (arrow.endCopied(count)) {
            endBatch();
        }
        return count;
    }

    private void requireRoom(int more) {
        if (rows > Integer.MAX_VALUE - more) {
            throw new StoreException(ErrorCode.TOO_LARGE, "too many rows for one segment: rows=" + rows);
        }
    }

    public long rows() {
        return rows;
    }

    /** The place in its record batch of the row that is next. */
    public int rowInBatch() {
        return arrow.rowInBatch();
    }

    /** What tells whether a word may be in it; empty if it has too many. */
    public Optional<TermBloom> words() {
        return bloom.build();
    }

    /** Bytes of the values so far, before compression. */
    public long rawBytes() {
        return arrow.rawBytes();
    }

    /** Publishes the segment. */
    public SegmentMeta seal() {
        if (arrow.endLastBatch()) {
            endBatch();
        }
        arrow.finish();
        var rowsMember = endMember(SegmentLayout.ROWS_OFFSET);
        var members = writeIndexes(rowsMember);
        var contentSha256 = HexFormat.of().formatHex(digest.digest());
        var meta = writeEnd(members, contentSha256);
        out.patch(0, TarLayout.header(SegmentLayout.ROWS, rowsMember.length(), createdSeconds));
        out.sync();
        var summed = meta.withSha256(sumFile(meta.sizeBytes()));
        fileOpen = false;
        out.close();
        publish();
        sealed = true;
        release();
        return summed;
    }

    /** Without {@link #seal} before, leaves nothing behind. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        release();
        try {
            if (fileOpen) {
                fileOpen = false;
                out.close();
            }
        } finally {
            if (!sealed) {
                deleteTemporary();
            }
        }
    }

    static List<ArrowField> arrowFields(List<SegmentColumn> columns) {
        return columns.stream()
                .map(c -> new ArrowField(
                        c.name(), c.type(), c.hidden() ? Map.of(ArrowWriter.HIDDEN_KEY, "true") : Map.of()))
                .toList();
    }

    private static Map<String, String> arrowMetadata(String id, SegmentSpec spec) {
        return arrowMetadata(id, spec.table().toString());
    }

    static Map<String, String> arrowMetadata(String id, String table) {
        return Map.of("sherd.segment_id", id, "sherd.table", table, "sherd.format", MetaJson.FORMAT);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "this jdk has no sha-256; use another", e);
        }
    }

    private void addKey() {
        int column = spec.keyColumn();
        if (!arrow.pendingSet(column)) {
            throw new StoreException(
                    ErrorCode.INTERNAL_INVARIANT, "a row without key: segment=" + spec.id() + " row=" + rows);
        }
        long hash = OffHeap.hash(arrow.pendingAddress(column), arrow.pendingLength(column));
        keys.add(hash, rows);
        minKeyHash = Long.compareUnsigned(hash, minKeyHash) < 0 ? hash : minKeyHash;
        maxKeyHash = Long.compareUnsigned(hash, maxKeyHash) > 0 ? hash : maxKeyHash;
    }

    private void addTime() {
        if (spec.timeColumn() >= 0) {
            timeSorted &= rowTime >= maxTime || rows == 0;
            batchMinTime = Math.min(batchMinTime, rowTime);
            batchMaxTime = Math.max(batchMaxTime, rowTime);
            minTime = Math.min(minTime, rowTime);
            maxTime = Math.max(maxTime, rowTime);
            rowTime = 0;
        }
    }

    private void endBatch() {
        boolean dated = spec.timeColumn() >= 0;
        blocks.add(
                arrow.blocks().getLast(), dated ? batchMinTime : Long.MIN_VALUE, dated ? batchMaxTime : Long.MAX_VALUE);
        batchMinTime = Long.MAX_VALUE;
        batchMaxTime = Long.MIN_VALUE;
    }

    /** The members between rows and meta. */
    private record Members(
            Extent rows, Extent index, Extent keys, Extent terms, Extent blocks, KeyTable.Parts keyParts) {}

    private Members writeIndexes(Extent rowsMember) {
        long indexHeader = startMember(true);
        var terms = index.finish(out, rows, bloom::add);
        var table = blocks.toArray();
        var blockExtent = new Extent(out.position(), table.length, CheckedFile.crc(table, 0, table.length));
        out.put(table);
        var member = endMember(indexHeader + TarLayout.BLOCK);
        out.patch(indexHeader, TarLayout.header(SegmentLayout.INDEX, member.length(), createdSeconds));
        if (spec.keyColumn() < 0) {
            return new Members(rowsMember, member, Extent.NONE, terms, blockExtent, KeyTable.Parts.NONE);
        }
        long keysHeader = startMember(true);
        var keyParts = keys.write(out);
        var keysMember = endMember(keysHeader + TarLayout.BLOCK);
        out.patch(keysHeader, TarLayout.header(SegmentLayout.KEYS, keysMember.length(), createdSeconds));
        return new Members(rowsMember, member, keysMember, terms, blockExtent, keyParts);
    }

    private SegmentMeta writeEnd(Members members, String contentSha256) {
        long metaHeader = out.position();
        long size = 0;
        byte[] json;
        SegmentMeta meta;
        // The text contains the file's size and the file contains the text; padding makes this settle at once.
        do {
            meta = meta(size);
            json = MetaJson.write(meta, members.index().offset(), contentSha256);
            size = metaHeader
                    + TarLayout.BLOCK
                    + TarLayout.padded(json.length)
                    + TarLayout.BLOCK
                    + SegmentLayout.FOOTER_FROM_END;
        } while (size != meta.sizeBytes());
        out.put(TarLayout.header(SegmentLayout.META, json.length, createdSeconds));
        out.startMember(false);
        out.put(json);
        var metaMember = endMember(metaHeader + TarLayout.BLOCK);
        out.put(TarLayout.header(SegmentLayout.FOOTER, SegmentLayout.FOOTER_BYTES, createdSeconds));
        out.put(SegmentLayout.write(new SegmentLayout.Footer(
                rows,
                arrow.blocks().size(),
                createdSeconds,
                size,
                members.rows(),
                members.index(),
                members.keys(),
                metaMember,
                members.terms(),
                members.blocks(),
                members.keyParts())));
        out.zeros(TarLayout.END_BYTES);
        return meta;
    }

    private SegmentMeta meta(long size) {
        boolean dated = spec.timeColumn() >= 0 && rows > 0;
        boolean keyed = spec.keyColumn() >= 0 && rows > 0;
        return new SegmentMeta(
                spec.id(),
                spec.file(),
                spec.table(),
                spec.columns(),
                spec.timeColumn(),
                spec.keyColumn(),
                rows,
                dated ? minTime : Long.MIN_VALUE,
                dated ? maxTime : Long.MAX_VALUE,
                dated && timeSorted,
                keyed ? minKeyHash : 0,
                keyed ? maxKeyHash : 0,
                createdSeconds,
                size,
                arrow.rawBytes(),
                "");
    }

    /** Leaves room for a header that is written when the length is known. */
    private long startMember(boolean digested) {
        long header = out.position();
        out.startMember(false);
        out.zeros(TarLayout.BLOCK);
        out.startMember(digested);
        return header;
    }

    private Extent endMember(long start) {
        var member = new Extent(start, out.position() - start, out.memberCrc());
        out.startMember(false);
        out.padTo(TarLayout.BLOCK, 0);
        return member;
    }

    /** Reads the file back: what is summed is what the disk returns, not what was meant. */
    private String sumFile(long size) {
        var sum = sha256();
        try (var region = new Region(budget, MemoryBudget.Purpose.COLUMNS, SUM_BYTES);
                var file = disk.open(temporary)) {
            long offset = 0;
            while (offset < size) {
                var buffer = region.view(0, SUM_BYTES);
                int got = file.read(buffer, offset);
                if (got <= 0) {
                    throw new IOException("the file is shorter than what was written");
                }
                buffer.flip();
                sum.update(buffer);
                offset += got;
            }
            if (offset != size || file.size() != size) {
                throw new IOException("the file has another length than what was written");
            }
        } catch (IOException e) {
            throw Failures.writing(temporary, e);
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    private void publish() {
        try {
            disk.rename(temporary, spec.file());
            disk.syncFolder(spec.folder());
        } catch (IOException e) {
            throw Failures.writing(spec.file(), e);
        }
    }

    private void release() {
        if (!closed) {
            closed = true;
            arrow.close();
            index.close();
            keys.close();
        }
    }

    private void deleteTemporary() {
        try {
            disk.delete(temporary);
        } catch (IOException e) {
            throw Failures.writing(temporary, e);
        }
    }
}
