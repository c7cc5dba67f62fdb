package sherd.engine.archive.arrow;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.google.flatbuffers.FlatBufferBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.BodyCompressionMethod;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.CompressionType;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.Region;

/**
 * Writes rows as an Arrow IPC file. Rows gather column by column outside the heap until a batch is full.
 *
 * <p>A batch is small because it is what one hit costs, and large because text in larger blocks is smaller: it is full
 * at 124 KiB of text and bytes, so with lines of usual length it stays under 128 KiB before compression.
 */
public final class ArrowWriter implements AutoCloseable {
    public static final int BATCH_BYTES = 124 << 10;
    public static final int BATCH_ROWS = 8192;
    /** All bytes of one row together; keeps every batch within what one array can hold. */
    public static final long MAX_ROW_BYTES = 1 << 30;

    /** Field metadata: a column that the store keeps for itself, which nobody maps. */
    public static final String HIDDEN_KEY = "sherd.hidden";

    private final FileAppender out;
    private final List<ArrowField> fields;
    private final Map<String, String> metadata;
    private final ColumnBuffer[] columns;
    private final Compression compression;
    private final boolean compressed;
    private final long start;
    private final ZstdCompressCtx text = new ZstdCompressCtx();
    private final ZstdCompressCtx offsets = offsetCompressor();
    private final ZstdCompressCtx numbers = new ZstdCompressCtx();
    private final Region packed;
    private final FlatBufferBuilder batchBuilder = new FlatBufferBuilder(1024);
    private final ByteSink message = new ByteSink();
    private final BodyPlan body;
    private final List<ArrowBlock> blocks = new ArrayList<>();
    /** What numbers take in a row. */
    private final long fixedBytes;

    private int rows;
    /** Bytes of variable width in the batch being gathered. */
    private long gatheredBytes;

    private long rawBytes;

    /** Starts the file at the appender's position, which must be a multiple of 64. */
    public ArrowWriter(
            FileAppender out,
            List<ArrowField> fields,
            Map<String, String> metadata,
            Compression compression,
            MemoryBudget budget) {
        this.out = out;
        this.fields = List.copyOf(fields);
        this.metadata = Map.copyOf(metadata);
        this.compression = compression;
        this.start = out.position();
        this.columns = new ColumnBuffer[fields.size()];
        this.body = new BodyPlan(fields.size() * 3);
        boolean variable = false;
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new ColumnBuffer(fields.get(i).type(), budget);
            variable |= !fields.get(i).type().fixed();
        }
        this.compressed = variable;
        this.fixedBytes = fields.stream()
                .filter(field -> field.type().fixed())
                .mapToLong(field -> field.type().width())
                .sum();
        this.packed = new Region(budget, MemoryBudget.Purpose.COLUMNS, 2L * compression.batchBytes);
        text.setLevel(compression.level).setMinMatch(compression.textMatch).setContentSize(true);
        numbers.setLevel(Compression.NUMBER_LEVEL).setContentSize(true);
        out.put(ArrowLayout.START);
        writeSchemaMessage();
    }

    /** For direct buffers only: while Zstandard works on arrays, it may call nobody. */
    static ZstdCompressCtx offsetCompressor() {
        return new ZstdCompressCtx()
                .setLevel(Compression.OFFSET_LEVEL)
                .setContentSize(true)
                .registerSequenceProducer(new OffsetMatches())
                .setSequenceProducerFallback(true)
                .setSearchForExternalRepcodes(Zstd.ParamSwitch.ENABLE)
                .setValidateSequences(Zstd.ParamSwitch.ENABLE);
    }

    public void putLong(int column, long value) {
        columns[column].putLong(rows, value);
    }

    public void putDouble(int column, double value) {
        columns[column].putDouble(rows, value);
    }

    /** Room for a value; the caller fills it before the next call. */
    public long roomForBytes(int column, int length) {
        return columns[column].roomForBytes(length);
    }

    public boolean pendingSet(int column) {
        return columns[column].pendingSet();
    }

    /** Where the bytes of the row being gathered lie. */
    public long pendingAddress(int column) {
        return columns[column].pendingAddress();
    }

    public int pendingLength(int column) {
        return columns[column].pendingLength();
    }

    /** Ends the row; true if that ended a batch. */
    public boolean endRow() {
        long rowBytes = 0;
        for (var column : columns) {
            rowBytes += column.pendingLength();
        }
        if (rowBytes > MAX_ROW_BYTES) {
            throw new StoreException(
                    ErrorCode.TOO_LARGE,
                    "row too large: bytes=" + rowBytes + " limit=" + MAX_ROW_BYTES + "; split its values");
        }
        for (var column : columns) {
            column.endRow(rows);
        }
        return endRows(1, rowBytes);
    }

    private boolean endRows(int count, long bytes) {
        rawBytes += count * fixedBytes + bytes;
        gatheredBytes += bytes;
        rows += count;
        if (gatheredBytes >= compression.batchBytes || rows == BATCH_ROWS) {
            endBatch();
            return true;
        }
        return false;
    }

    /**
     * Copies rows of a batch with the same columns, as many as the batch being gathered takes, but for the end of them.
     *
     * @param most as many at the most, which are in that batch
     * @param placed a column whose numbers are less by the place of their row in its batch
     * @return how many, at least one
     */
    public int copyRows(ArrowBatch from, int first, int most, int placed) {
        int count = fitting(from, first, Math.min(most, BATCH_ROWS - rows));
        for (int i = 0; i < columns.length; i++) {
            columns[i].copy(from, i, first, count, rows);
        }
        columns[placed].add(rows, count, first - rows);
        return count;
    }

    /** Rows up to the one that fills the batch. */
    private int fitting(ArrowBatch from, int first, int most) {
        long room = compression.batchBytes - gatheredBytes;
        if (bytes(from, first, most) < room) {
            return most;
        }
        int count = 0;
        while (room > 0 && count < most) {
            room -= bytes(from, first + count, 1);
            count++;
        }
        return count;
    }

    private long bytes(ArrowBatch from, int first, int count) {
        long bytes = 0;
        for (int i = 0; i < columns.length; i++) {
            bytes += columns[i].type.fixed() ? 0 : from.bytes(i, first, count);
        }
        return bytes;
    }

    /** Ends rows that were copied; true if that ended a batch. */
    public boolean endCopied(int count) {
        long bytes = 0;
        for (var column : columns) {
            bytes += column.type.fixed() ? 0 : column.address(rows + count) - column.address(rows);
        }
        return endRows(count, bytes);
    }

    /** Whether a row of the batch being gathered has a value. */
    public boolean isSet(int column, int row) {
        return columns[column].isSet(row);
    }

    /** Of a column of TIMESTAMP. */
    public long getLong(int column, int row) {
        return columns[column].getLong(row);
    }

    public long address(int column, int row) {
        return columns[column].address(row);
    }

    public int length(int column, int row) {
        return columns[column].length(row);
    }

    /** Rows of the batch that is being gathered. */
    public int rowInBatch() {
        return rows;
    }

    /** Bytes of all values before compression. */
    public long rawBytes() {
        return rawBytes;
    }

    public List<ArrowBlock> blocks() {
        return blocks;
    }

    /** Ends the last batch, if rows are left; true if so. */
    public boolean endLastBatch() {
        if (rows == 0) {
            return false;
        }
        endBatch();
        return true;
    }

    /** Writes what follows the last batch. */
    public void finish() {
        var builder = new FlatBufferBuilder(1024);
        int schema = ArrowSchema.write(builder, fields, metadata);
        int custom = Footer.createCustomMetadataVector(builder, ArrowSchema.keyValues(builder, metadata));
        Footer.startDictionariesVector(builder, 0);
        int dictionaries = builder.endVector();
        Footer.startRecordBatchesVector(builder, blocks.size());
        for (int i = blocks.size() - 1; i >= 0; i--) {
            var block = blocks.get(i);
            Block.createBlock(builder, block.offset(), block.metadataLength(), block.bodyLength());
        }
        int batches = builder.endVector();
        Footer.startFooter(builder);
        Footer.addVersion(builder, MetadataVersion.V5);
        Footer.addSchema(builder, schema);
        Footer.addDictionaries(builder, dictionaries);
        Footer.addRecordBatches(builder, batches);
        Footer.addCustomMetadata(builder, custom);
        Footer.finishFooterBuffer(builder, Footer.endFooter(builder));
        var footer = builder.sizedByteArray();
        var tail = new ByteSink();
        tail.putInt(ArrowLayout.CONTINUATION);
        tail.putInt(0);
        tail.putBytes(footer, 0, footer.length);
        tail.putInt(footer.length);
        tail.putBytes(ArrowLayout.MAGIC, 0, ArrowLayout.MAGIC.length);
        out.put(tail.array(), 0, tail.size());
    }

    @Override
    public void close() {
        for (var column : columns) {
            column.close();
        }
        packed.close();
        text.close();
        offsets.close();
        numbers.close();
    }

    private void endBatch() {
        body.clear();
        long packedEnd = 0;
        for (int i = 0; i < columns.length; i++) {
            boolean hidden = fields.get(i).metadata().containsKey(HIDDEN_KEY);
            packedEnd = planColumn(columns[i], hidden, body, packedEnd);
        }
        long bodyLength = ArrowLayout.align(body.end);
        out.startPart();
        long offset = out.position() - start;
        int metadataLength = writeMessage(batchHeader(body), 0);
        long bodyStart = out.position();
        body.write(out, packed.address(), bodyStart);
        out.padTo(ArrowLayout.ALIGNMENT, (int) (bodyStart % ArrowLayout.ALIGNMENT));
        if (out.position() - bodyStart != bodyLength) {
            throw new StoreException(
                    ErrorCode.INTERNAL_INVARIANT,
                    "batch body has another length than planned: planned=" + bodyLength + " written="
                            + (out.position() - bodyStart));
        }
        blocks.add(new ArrowBlock(offset, metadataLength, bodyLength, rows, out.partCrc()));
        for (var column : columns) {
            column.reset();
        }
        packed.shrink(2L * compression.batchBytes);
        rows = 0;
        gatheredBytes = 0;
    }

    private long planColumn(ColumnBuffer column, boolean hidden, BodyPlan body, long packedStart) {
        long validityBytes = column.nulls == 0 ? 0 : (rows + 7L) / 8;
        body.raw(column.validity.address(), validityBytes, compressed);
        long valueBytes = column.valueBytes(rows);
        if (column.type.fixed()) {
            if (hidden && compressed) {
                return planPacked(numbers, body, column.values, valueBytes, packedStart);
            }
            body.raw(column.values.address(), valueBytes, compressed);
            return packedStart;
        }
        long end = planPacked(offsets, body, column.values, valueBytes, packedStart);
        return planPacked(text, body, column.bytes, column.byteCount, end);
    }

    /** Compresses if that saves an eighth; else stores raw. */
    private long planPacked(ZstdCompressCtx zstd, BodyPlan body, Region bytes, long length, long packedStart) {
        if (length > 0) {
            long bound = Zstd.compressBound(length);
            packed.ensure(packedStart + bound);
            var target = packed.view(packedStart, (int) Math.min(bound, Integer.MAX_VALUE - 8));
            var source = bytes.view(0, (int) length);
            int got = zstd.compressDirectByteBuffer(
                    target, target.position(), target.remaining(), source, source.position(), source.remaining());
            if (got < length - length / 8) {
                body.packed(packedStart, got, length);
                return packedStart + got;
            }
        }
        body.raw(bytes.address(), length, true);
        return packedStart;
    }

    private FlatBufferBuilder batchHeader(BodyPlan body) {
        var builder = batchBuilder;
        builder.clear();
        RecordBatch.startNodesVector(builder, columns.length);
        for (int i = columns.length - 1; i >= 0; i--) {
            FieldNode.createFieldNode(builder, rows, columns[i].nulls);
        }
        int nodes = builder.endVector();
        RecordBatch.startBuffersVector(builder, body.count);
        for (int i = body.count - 1; i >= 0; i--) {
            Buffer.createBuffer(builder, body.offsets[i], body.lengths[i]);
        }
        int buffers = builder.endVector();
        int compression = compressed
                ? BodyCompression.createBodyCompression(builder, CompressionType.ZSTD, BodyCompressionMethod.BUFFER)
                : 0;
        RecordBatch.startRecordBatch(builder);
        RecordBatch.addLength(builder, rows);
        RecordBatch.addNodes(builder, nodes);
        RecordBatch.addBuffers(builder, buffers);
        if (compressed) {
            RecordBatch.addCompression(builder, compression);
        }
        int batch = RecordBatch.endRecordBatch(builder);
        finishMessage(builder, MessageHeader.RecordBatch, batch, ArrowLayout.align(body.end));
        return builder;
    }

    private void writeSchemaMessage() {
        var builder = new FlatBufferBuilder(1024);
        int schema = ArrowSchema.write(builder, fields, metadata);
        finishMessage(builder, MessageHeader.Schema, schema, 0);
        writeMessage(builder, ArrowLayout.START.length);
    }

    private static void finishMessage(FlatBufferBuilder builder, byte kind, int header, long bodyLength) {
        Message.startMessage(builder);
        Message.addHeaderType(builder, kind);
        Message.addHeader(builder, header);
        Message.addVersion(builder, MetadataVersion.V5);
        Message.addBodyLength(builder, bodyLength);
        Message.finishMessageBuffer(builder, Message.endMessage(builder));
    }

    /** Writes prefix and metadata, padded so that what follows is aligned; {@code before}: bytes since a boundary. */
    private int writeMessage(FlatBufferBuilder builder, int before) {
        var bytes = builder.dataBuffer();
        int length = (int) (ArrowLayout.align(before + ArrowLayout.MESSAGE_PREFIX + bytes.remaining()) - before);
        message.clear();
        message.putInt(ArrowLayout.CONTINUATION);
        message.putInt(length - ArrowLayout.MESSAGE_PREFIX);
        message.putBytes(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        message.putZeros(length - message.size());
        out.put(message.array(), 0, length);
        return length;
    }
}
