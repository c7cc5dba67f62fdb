package sherd.engine.archive;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.arrow.ArrowBatch;
import sherd.engine.archive.arrow.ArrowField;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.IndexBytes;
import sherd.engine.archive.index.IndexReader;
import sherd.engine.archive.index.KeyReader;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;

/**
 * Reads a segment. Thread-safe; cursors have one owner each.
 *
 * <p>Everything is read at its place and checked before use, nothing is mapped: a mapping of a file that somebody cut
 * takes the process down with it. Held in memory: the table of blocks, the key filter and the first key hash of each
 * page; what finds a group of terms from the first search on.
 */
public final class Segment implements AutoCloseable {
    private static final int TAIL_BYTES = 64 << 10;

    private final SegmentMeta meta;
    private final CheckedFile file;
    private final SegmentLayout.Footer footer;
    private final List<ArrowField> fields;
    private final BlockTable blocks;
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
                new ByteSource(table, 0, table.length, ErrorCode.CORRUPT_SEGMENT, file.name()), footer.batches());
        if (blocks.rows() != footer.rows() || meta.rows() != footer.rows()) {
            throw Failures.corruptSegment(
                    file.name(), footer.blocks().offset(), "another number of rows than expected");
        }
        this.keys = meta.keyed() ? new KeyReader(file, footer.keys(), stats) : null;
        this.heldBytes = table.length + (keys == null ? 0 : keys.heldBytes());
        cache.budget().reserve(MemoryBudget.Purpose.INDEX, heldBytes);
        file.dropTail();
    }

    /** Opens a segment the catalog knows. */
    public static Segment open(Disk disk, SegmentMeta meta, SegmentCache cache) {
        return open(disk, meta.file(), meta, cache);
    }

    /** Opens a segment by what the file says of itself. */
    public static Segment openFile(Disk disk, String file, SegmentCache cache) {
        return open(disk, file, null, cache);
    }

    private static Segment open(Disk disk, String name, @Nullable SegmentMeta known, SegmentCache cache) {
        var file = CheckedFile.open(disk, name);
        try {
            var stats = new ReadStats();
            if (known != null && known.sizeBytes() != file.size()) {
                throw Failures.corruptSegment(
                        name,
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

    @Override
    public synchronized void close() {
        if (closed.compareAndSet(false, true)) {
            cache.forget(cacheId);
            var reader = index;
            cache.budget().release(MemoryBudget.Purpose.INDEX, heldBytes + (reader == null ? 0 : reader.heldBytes()));
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
            cache.budget().reserve(MemoryBudget.Purpose.INDEX, reader.heldBytes());
            index = reader;
        }
        return reader;
    }

    /** A batch, from the cache or the file; its checksum was right. */
    ArrowBatch batch(int index, ReadStats stats, boolean once) {
        if (closed.get()) {
            throw new StoreException(ErrorCode.CLOSED, "segment is closed: segment=" + meta.id() + "; open it again");
        }
        var cached = cache.get(cacheId, index);
        if (cached != null) {
            return cached;
        }
        var block = blocks.block(index);
        long offset = SegmentLayout.ROWS_OFFSET + block.offset();
        var bytes = file.readChecked(new Extent(offset, block.length(), block.crc()), stats);
        try {
            var batch = new ArrowBatch(bytes, fields);
            if (batch.rows() != block.rows()) {
                throw new IllegalArgumentException("a batch of another number of rows");
            }
            if (!once) {
                cache.put(cacheId, index, batch);
            }
            return batch;
        } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            throw Failures.corruptSegment(file.name(), offset, "batch does not hold together: " + e.getMessage(), e);
        }
    }
}
