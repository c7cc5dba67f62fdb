package sherd.engine.archive;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.arrow.ArrowBatch;
import sherd.engine.archive.arrow.ArrowBlock;
import sherd.engine.archive.arrow.ArrowField;
import sherd.engine.archive.arrow.ColumnPlace;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.Marks;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.IndexBytes;
import sherd.engine.archive.index.IndexReader;
import sherd.engine.archive.index.KeyReader;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.disk.Disk;
import sherd.engine.disk.Mappings;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/**
 * Reads a segment. Thread-safe; cursors have one owner each.
 *
 * <p>What is copied is checked each time: batches with text, dictionary blocks, lists. Three things are checked once and
 * then read where a mapped file has them: the table of blocks, what finds a group of terms, and columns of numbers. They
 * may turn into anything when somebody cuts the file, so who used them asks {@link #requireWhole} in the end. A file that
 * is not mapped is read the same way with copies in memory. Held in memory besides: where a row is, the key filter and the
 * first key hash of each page.
 */
public final class Segment implements AutoCloseable {
    private static final int TAIL_BYTES = 64 << 10;

    private final SegmentMeta meta;
    private final CheckedFile file;
    private final SegmentLayout.Footer footer;
    private final List<ArrowField> fields;
    private final BlockTable blocks;
    /** Batches whose checksum was right, so that their numbers are read without the rest. */
    private final Marks checked;

    private final @Nullable KeyReader keys;
    private final SegmentCache cache;
    private final long cacheId;
    private final long heldBytes;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable IndexReader index;

    private Segment(
            CheckedFile file, SegmentLayout.Footer footer, SegmentMeta meta, SegmentCache cache, ReadStats stats) {
        this.file = file;
        this.footer = footer;
        this.meta = meta;
        this.cache = cache;
        this.cacheId = cache.register();
        this.fields = SegmentWriter.arrowFields(meta.columns());
        if (footer.blocks().length() != (long) footer.batches() * SegmentLayout.BLOCK_ENTRY) {
            throw Failures.corruptSegment(file.name(), footer.blocks().offset(), "a table of another number of blocks");
        }
        var table = file.readChecked(footer.blocks(), stats);
        this.blocks = BlockTable.read(
                new ByteSource(table, 0, table.length, ErrorCode.CORRUPT_SEGMENT, file.name()),
                footer.batches(),
                file.lasting(footer.blocks().offset(), table));
        if (blocks.rows() != footer.rows() || meta.rows() != footer.rows()) {
            throw Failures.corruptSegment(
                    file.name(), footer.blocks().offset(), "another number of rows than expected");
        }
        this.keys = meta.keyed() ? new KeyReader(file, footer.keys(), stats) : null;
        this.checked = new Marks(footer.batches());
        this.heldBytes = (file.isMapped() ? file.heldBytes() : table.length)
                + checked.heldBytes()
                + blocks.heldBytes()
                + (keys == null ? 0 : keys.heldBytes());
        cache.hold(heldBytes, heapBytes());
        file.dropTail();
    }

    /** Opens a segment the catalog knows, to be read in place. */
    public static Segment open(Disk disk, SegmentMeta meta, SegmentCache cache) {
        return open(disk, meta.file(), meta, cache, null);
    }

    /** Opens a segment the catalog knows, mapped if that can be. */
    public static Segment open(Disk disk, SegmentMeta meta, SegmentCache cache, Mappings mappings) {
        return open(disk, meta.file(), meta, cache, mappings);
    }

    /** Opens a segment by what the file says of itself. */
    public static Segment openFile(Disk disk, String file, SegmentCache cache) {
        return open(disk, file, null, cache, null);
    }

    /** The same, mapped if that can be. */
    public static Segment openFile(Disk disk, String file, SegmentCache cache, Mappings mappings) {
        return open(disk, file, null, cache, mappings);
    }

    private static Segment open(
            Disk disk, String name, @Nullable SegmentMeta known, SegmentCache cache, @Nullable Mappings mappings) {
        return open(CheckedFile.open(disk, name, mappings), known, cache);
    }

    /** Opens a segment the catalog knows, wherever it is; closes the file if it is not that segment. */
    static Segment open(CheckedFile file, @Nullable SegmentMeta known, SegmentCache cache) {
        try {
            var stats = new ReadStats();
            if (known != null && known.sizeBytes() != file.size()) {
                throw Failures.corruptSegment(
                        file.name(),
                        file.size(),
                        "the file has another size: wanted=" + known.sizeBytes() + " got=" + file.size());
            }
            file.loadTail(TAIL_BYTES, stats);
            var footer = readFooter(file, stats);
            var meta = known == null ? readMeta(file, footer, stats).meta() : known;
            return new Segment(file, footer, meta, cache, stats);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    static SegmentLayout.Footer readFooter(CheckedFile file, ReadStats stats) {
        long offset = file.size() - SegmentLayout.FOOTER_FROM_END;
        if (offset < 0) {
            throw Failures.corruptSegment(file.name(), 0, "too short for a segment: bytes=" + file.size());
        }
        var footer = SegmentLayout.read(file.read(offset, SegmentLayout.FOOTER_BYTES, stats), file.name(), offset);
        if (footer.fileSize() != file.size()) {
            throw Failures.corruptSegment(
                    file.name(), offset, "the file has another size: wanted=" + footer.fileSize());
        }
        return footer;
    }

    static MetaJson.Parsed readMeta(CheckedFile file, SegmentLayout.Footer footer, ReadStats stats) {
        var parsed = MetaJson.read(
                file.readChecked(footer.metaMember(), stats),
                file.name(),
                footer.metaMember().offset());
        if (!parsed.tokenizer().equals(Tokenizer.ID)) {
            throw Failures.corruptSegment(
                    file.name(),
                    footer.metaMember().offset(),
                    "words cut by an unknown tokenizer: " + parsed.tokenizer());
        }
        return parsed;
    }

    public SegmentMeta meta() {
        return meta;
    }

    /** Record batches: what one hit costs to read is one of them. */
    public int batches() {
        return footer.batches();
    }

    /** False if no row has a key of this hash. Reads nothing. */
    public boolean mayContain(long keyHash) {
        return keys != null && keys.mayContain(keyHash);
    }

    /** What {@link #mayContain} asks; it stays good when the segment is closed. Only with keys. */
    LongPredicate keyFilter() {
        var reader = keys;
        return reader == null ? hash -> false : reader.filter();
    }

    /** The filter of keys as the file has it. */
    byte[] keyFilterContent() {
        return file.readChecked(footer.keys().filter(), new ReadStats());
    }

    long keyFilterBytes() {
        return footer.keys().filter().length();
    }

    /** The row with this key, or -1. */
    public long findKey(long keyHash, byte[] key) {
        var reader = keys;
        if (reader == null || !reader.mayContain(keyHash)) {
            return -1;
        }
        var found = new long[] {-1};
        var cursor = cursor();
        reader.candidates(
                keyHash,
                row -> {
                    cursor.seek(row);
                    if (Arrays.equals(cursor.getBytes(meta.keyColumn()), key)) {
                        found[0] = row;
                    }
                    return found[0] < 0;
                },
                cursor.stats());
        return found[0];
    }

    /** A cursor before the first row. */
    public RowCursor cursor() {
        return cursor(new ReadStats());
    }

    /** A cursor that walks over all rows once: what it reads takes nobody's place in the cache. */
    public RowCursor walk() {
        return new RowCursor(this, new ReadStats(), true);
    }

    RowCursor cursor(ReadStats stats) {
        return new RowCursor(this, stats, false);
    }

    /** The filter of keys is outside the heap, and outlives this. */
    private long heapBytes() {
        return heldBytes - footer.keys().filter().length();
    }

    @Override
    public synchronized void close() {
        if (closed.compareAndSet(false, true)) {
            cache.forget(cacheId);
            var reader = index;
            cache.letGo(heldBytes, heapBytes());
            if (reader != null) {
                cache.letGo(reader.heldBytes(), reader.heldBytes());
            }
            file.close();
        }
    }

    MemoryBudget budget() {
        return cache.budget();
    }

    CheckedFile file() {
        return file;
    }

    SegmentLayout.Footer footer() {
        return footer;
    }

    BlockTable blocks() {
        return blocks;
    }

    @Nullable
    KeyReader keys() {
        return keys;
    }

    /** Opened by the first search. */
    public IndexReader index(ReadStats stats) {
        var reader = index;
        return reader == null ? openIndex(stats) : reader;
    }

    private synchronized IndexReader openIndex(ReadStats stats) {
        var reader = index;
        if (reader == null) {
            reader = IndexReader.open(new IndexBytes.InFile(file, footer.terms()), footer.rows(), stats);
            cache.hold(reader.heldBytes(), reader.heldBytes());
            index = reader;
        }
        return reader;
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new StoreException(ErrorCode.CLOSED, "segment is closed: segment=" + meta.id() + "; open it again");
        }
    }

    /** Fails if the file was cut: what was found in place since it was opened may be anything. */
    public void requireWhole() {
        file.requireWhole();
    }

    /** The numbers of a column in a batch, in place if that can be. */
    public Numbers numbers(int index, int column, ReadStats stats) {
        requireOpen();
        var block = blocks.block(index);
        var type = meta.columns().get(column).type();
        long offset = SegmentLayout.ROWS_OFFSET + block.offset();
        try {
            if (!checked.has(index)) {
                file.check(new Extent(offset, block.length(), block.crc()), stats);
                checked.set(index);
            }
            var metadata = file.read(offset, block.metadataLength(), stats);
            var place = ColumnPlace.of(metadata, block.bodyLength(), fields, column);
            if (isRaw(offset, place)) {
                return new Numbers(
                        type,
                        file.keep(offset + place.values(), place.valuesLength(), stats),
                        file.keep(offset + place.validity(), place.validityLength(), stats),
                        block.rows());
            }
            var batch = batch(index, stats, true);
            return new Numbers(type, batch.values(column), batch.validity(column), block.rows());
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw brokenBatch(block, e);
        }
    }

    private boolean isRaw(long offset, ColumnPlace place) {
        int prefix = place.prefix();
        return prefix == 0
                || file.keep(offset + place.values() - prefix, prefix, new ReadStats())
                                .getLong(0)
                        == ColumnPlace.RAW;
    }

    /** A batch, from the cache or the file; its checksum was right. */
    ArrowBatch batch(int index, ReadStats stats, boolean once) {
        requireOpen();
        var cached = cache.get(cacheId, index);
        if (cached != null) {
            return cached;
        }
        var block = blocks.block(index);
        var extent = extent(block);
        var bytes = file.readChecked(extent, stats);
        var batch = batch(bytes, block);
        if (!once) {
            cache.put(cacheId, index, batch);
        }
        return batch;
    }

    /** The same over a buffer, which has room for {@link #batchLength} bytes and is nobody else's. */
    ArrowBatch batch(int index, ReadStats stats, byte[] buffer) {
        requireOpen();
        var cached = cache.get(cacheId, index);
        if (cached != null) {
            return cached;
        }
        var block = blocks.block(index);
        file.readChecked(extent(block), buffer, stats);
        return batch(buffer, block);
    }

    /** Bytes of a batch in the file. */
    long batchLength(int index) {
        return blocks.block(index).length();
    }

    private static Extent extent(ArrowBlock block) {
        return new Extent(SegmentLayout.ROWS_OFFSET + block.offset(), block.length(), block.crc());
    }

    private ArrowBatch batch(byte[] bytes, ArrowBlock block) {
        try {
            var batch = new ArrowBatch(bytes, Math.toIntExact(block.length()), fields);
            if (batch.rows() != block.rows()) {
                throw new IllegalArgumentException("a batch of another number of rows");
            }
            return batch;
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            throw brokenBatch(block, e);
        }
    }

    /** What a batch says of itself when it does not hold together. */
    RuntimeException brokenBatch(int index, RuntimeException cause) {
        return brokenBatch(blocks.block(index), cause);
    }

    private RuntimeException brokenBatch(ArrowBlock block, RuntimeException cause) {
        return Failures.corruptSegment(
                file.name(),
                SegmentLayout.ROWS_OFFSET + block.offset(),
                "batch does not hold together: " + cause.getMessage(),
                cause);
    }
}
