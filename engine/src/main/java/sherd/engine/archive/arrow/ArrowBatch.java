package sherd.engine.archive.arrow;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import sherd.engine.archive.file.KeptBytes;
import sherd.engine.memory.OffHeap;
import sherd.engine.schema.ColumnType;

/**
 * A record batch in memory. Numbers are read where they lie in the message; compressed buffers are opened when first
 * asked for. Thread-safe. What does not hold together ends in an {@link IllegalArgumentException} or
 * {@link IndexOutOfBoundsException}; the owner checked the bytes' checksum before.
 */
public final class ArrowBatch {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long MAX_OPEN = Integer.MAX_VALUE - 16;
    /** A block of Zstandard has 3 bytes and one more at the least, and opens to 128 KiB at the most. */
    private static final long MAX_RATIO = (128 << 10) / 4;

    private final ColumnType[] types;
    private final int rows;
    private final Slice[] validity;
    private final Slice[] values;
    private final Slice[] bytes;
    private final long memoryBytes;

    public ArrowBatch(byte[] message, List<ArrowField> fields) {
        this(message, message.length, fields);
    }

    /** A batch of the first bytes of an array, which must not change while it is used. */
    public ArrowBatch(byte[] message, int length, List<ArrowField> fields) {
        var buffer = ByteBuffer.wrap(message, 0, length).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt(0) != ArrowLayout.CONTINUATION) {
            throw new IllegalArgumentException("no message here");
        }
        int body = buffer.getInt(4) + ArrowLayout.MESSAGE_PREFIX;
        buffer.position(ArrowLayout.MESSAGE_PREFIX);
        var header = Message.getRootAsMessage(buffer);
        if (header.headerType() != MessageHeader.RecordBatch || header.bodyLength() != length - body) {
            throw new IllegalArgumentException("not a record batch of this length");
        }
        var batch = (RecordBatch) header.header(new RecordBatch());
        int buffers =
                fields.stream().mapToInt(field -> field.type().fixed() ? 2 : 3).sum();
        if (batch == null || batch.nodesLength() != fields.size() || batch.buffersLength() != buffers) {
            throw new IllegalArgumentException("a batch of other columns");
        }
        rows = Math.toIntExact(batch.length());
        types = new ColumnType[fields.size()];
        validity = new Slice[types.length];
        values = new Slice[types.length];
        bytes = new Slice[types.length];
        boolean compressed = batch.compression() != null;
        int next = 0;
        long memory = length;
        for (int i = 0; i < types.length; i++) {
            types[i] = fields.get(i).type();
            validity[i] = slice(batch, next++, message, length, body, compressed);
            values[i] = slice(batch, next++, message, length, body, compressed);
            bytes[i] = types[i].fixed() ? Slice.EMPTY : slice(batch, next++, message, length, body, compressed);
            memory += values[i].openBytes() + bytes[i].openBytes();
            requireRoom(i);
        }
        memoryBytes = memory;
    }

    /** What is asked by row is there for every row, so that readers need not look. */
    private void requireRoom(int column) {
        boolean some = validity[column].length > 0;
        if ((some && validity[column].size() < bits(rows)) || values[column].size() < valueBytes(types[column], rows)) {
            throw new IllegalArgumentException("a buffer shorter than its column");
        }
    }

    private static long bits(long rows) {
        return (rows + 7) >>> 3;
    }

    private static long valueBytes(ColumnType type, long rows) {
        if (!type.fixed()) {
            return (rows + 1) * Integer.BYTES;
        }
        return type == ColumnType.BOOL ? bits(rows) : rows * type.width();
    }

    public int rows() {
        return rows;
    }

    /** What this takes when every buffer is open. */
    public long memoryBytes() {
        return memoryBytes;
    }

    public boolean isNull(int column, int row) {
        var bits = validity[column];
        if (bits.length == 0) {
            return false;
        }
        return (bits.array()[bits.offset() + (row >> 3)] >> (row & 7) & 1) == 0;
    }

    public long getLong(int column, int row) {
        var slice = values[column];
        var array = slice.array();
        int at = slice.offset();
        return switch (types[column]) {
            case INT64, TIMESTAMP -> (long) LONG.get(array, at + row * 8);
            case INT32 -> (int) INT.get(array, at + row * 4);
            case BOOL -> array[at + (row >> 3)] >> (row & 7) & 1;
            case FLOAT64, FLOAT32, STRING, BYTES, JSON -> throw new IllegalArgumentException("not a whole number");
        };
    }

    /** The open buffer of a column's values. */
    public KeptBytes values(int column) {
        return kept(values[column]);
    }

    /** A bit a row, 0 for null; empty if there are no nulls. */
    public KeptBytes validity(int column) {
        return kept(validity[column]);
    }

    private static KeptBytes kept(Slice slice) {
        return KeptBytes.of(slice.array(), slice.offset(), slice.size());
    }

    public double getDouble(int column, int row) {
        var slice = values[column];
        var array = slice.array();
        int at = slice.offset();
        return switch (types[column]) {
            case FLOAT64 -> Double.longBitsToDouble((long) LONG.get(array, at + row * 8));
            case FLOAT32 -> Float.intBitsToFloat((int) INT.get(array, at + row * 4));
            case INT64, INT32, TIMESTAMP, BOOL, STRING, BYTES, JSON ->
                throw new IllegalArgumentException("not a fraction");
        };
    }

    public int length(int column, int row) {
        int from = start(column, row);
        int to = start(column, row + 1);
        Objects.checkFromToIndex(from, to, bytes[column].size());
        return to - from;
    }

    public void copyBytes(int column, int row, byte[] target, int offset) {
        int from = start(column, row);
        int to = start(column, row + 1);
        var slice = bytes[column];
        Objects.checkFromToIndex(from, to, slice.size());
        System.arraycopy(slice.array(), slice.offset() + from, target, offset, to - from);
    }

    /** Copies a value to native memory. */
    public void copyBytes(int column, int row, long target) {
        int from = start(column, row);
        int to = start(column, row + 1);
        var slice = bytes[column];
        Objects.checkFromToIndex(from, to, slice.size());
        OffHeap.copy(slice.array(), slice.offset() + from, target, to - from);
    }

    /** Whether a row has no value there. */
    boolean hasNulls(int column) {
        return validity[column].length > 0;
    }

    /** Copies numbers of rows to native memory; not of a column of BOOL. */
    void copyValues(int column, int row, int count, long target) {
        var slice = values[column];
        int width = types[column].width();
        Objects.checkFromIndexSize(row, count, rows);
        OffHeap.copy(slice.array(), slice.offset() + row * width, target, count * width);
    }

    /** Bytes of rows together. */
    int bytes(int column, int row, int count) {
        Objects.checkFromIndexSize(row, count, rows);
        int from = start(column, row);
        int to = start(column, row + count);
        Objects.checkFromToIndex(from, to, bytes[column].size());
        return to - from;
    }

    /** Copies the bytes of rows to native memory. */
    void copyBytes(int column, int row, int count, long target) {
        var slice = bytes[column];
        OffHeap.copy(slice.array(), slice.offset() + start(column, row), target, bytes(column, row, count));
    }

    /** A value; the array may be the batch's own, so nobody writes into it. */
    public byte[] getBytes(int column, int row) {
        int from = start(column, row);
        int to = start(column, row + 1);
        var slice = bytes[column];
        var array = slice.array();
        Objects.checkFromToIndex(from, to, slice.size());
        if (to - from == array.length) {
            return array;
        }
        return Arrays.copyOfRange(array, slice.offset() + from, slice.offset() + to);
    }

    /** Bytes of all values of a column. */
    public int textLength(int column) {
        return bytes[column].size();
    }

    /** Copies all values of a column, one after the other. */
    public void copyText(int column, byte[] target, Opener opener) {
        bytes[column].copy(target, opener);
    }

    /** Copies where each value starts in the {@linkplain #copyText text}, and where the last one ends. */
    public void copyStarts(int column, int[] target, Opener opener) {
        var offsets = opener.offsets(values[column].size());
        values[column].copy(offsets, opener);
        int before = 0;
        for (int row = 0; row <= rows; row++) {
            int start = (int) INT.get(offsets, row * 4);
            if (start < before) {
                throw new IllegalArgumentException("a value that ends before it starts");
            }
            target[row] = start;
            before = start;
        }
        Objects.checkFromToIndex(0, before, bytes[column].size());
        if (validity[column].length > 0) {
            requireNoBytesInNulls(column, target);
        }
    }

    private void requireNoBytesInNulls(int column, int[] starts) {
        for (int row = 0; row < rows; row++) {
            if (starts[row] != starts[row + 1] && isNull(column, row)) {
                throw new IllegalArgumentException("bytes of a value that is null");
            }
        }
    }

    /** Where a value starts among the bytes of its column. */
    private int start(int column, int row) {
        var slice = values[column];
        return (int) INT.get(slice.array(), slice.offset() + row * 4);
    }

    private static Slice slice(
            RecordBatch batch, int index, byte[] message, int messageLength, int body, boolean compressed) {
        var buffer = batch.buffers(index);
        if (buffer.length() == 0) {
            return Slice.EMPTY;
        }
        int at = Math.toIntExact(body + buffer.offset());
        int length = Math.toIntExact(buffer.length());
        if (at < body || length < 0 || length > messageLength - at) {
            throw new IllegalArgumentException("a buffer beyond its batch");
        }
        if (!compressed) {
            return new Slice(message, at, length, ArrowLayout.RAW);
        }
        if (length < ArrowLayout.BUFFER_PREFIX) {
            throw new IllegalArgumentException("a buffer too short for its length");
        }
        long before = (long) LONG.get(message, at);
        if (before != ArrowLayout.RAW && (before < 0 || before > Math.min(MAX_OPEN, length * MAX_RATIO))) {
            throw new IllegalArgumentException("a buffer opens to an impossible length: bytes=" + before);
        }
        return new Slice(message, at + ArrowLayout.BUFFER_PREFIX, length - ArrowLayout.BUFFER_PREFIX, before);
    }

    /** A buffer; replaced by its open form at first use. Racing openers do the same work twice, nothing worse. */
    private static final class Slice {
        static final Slice EMPTY = new Slice(new byte[0], 0, 0, ArrowLayout.RAW);

        final int length;
        private final byte[] message;
        private final int start;
        private final long lengthBefore;
        private volatile byte[] open;

        Slice(byte[] message, int start, int length, long lengthBefore) {
            this.message = message;
            this.start = start;
            this.length = length;
            this.lengthBefore = lengthBefore;
            this.open = lengthBefore == ArrowLayout.RAW ? message : EMPTY_ARRAY;
        }

        private static final byte[] EMPTY_ARRAY = new byte[0];

        long openBytes() {
            return Math.max(0, lengthBefore);
        }

        /** Of the open buffer. */
        int size() {
            return lengthBefore == ArrowLayout.RAW ? length : (int) lengthBefore;
        }

        int offset() {
            return lengthBefore == ArrowLayout.RAW ? start : 0;
        }

        void copy(byte[] target, Opener opener) {
            var array = open;
            if (array.length == 0 && lengthBefore > 0) {
                opener.open(message, start, length, target, size());
            } else {
                System.arraycopy(array, offset(), target, 0, size());
            }
        }

        byte[] array() {
            var array = open;
            if (array.length == 0 && lengthBefore > 0) {
                array = Opener.opened(message, start, length, size());
                open = array;
            }
            return array;
        }
    }
}
