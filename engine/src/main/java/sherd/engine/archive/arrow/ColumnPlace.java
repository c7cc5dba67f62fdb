package sherd.engine.archive.arrow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;

/**
 * Where a column of numbers lies in a record batch, in bytes from the start of its message. Values are raw or, as hidden
 * columns may be, compressed, which the prefix of a buffer in a compressed batch tells.
 *
 * @param prefix bytes before the values that say so; 0 if they are raw for sure
 */
public record ColumnPlace(long validity, long validityLength, long values, long valuesLength, int prefix) {
    /** What a prefix says of values that are not compressed. */
    public static final long RAW = ArrowLayout.RAW;

    /**
     * Reads the description of a batch. Throws {@link IllegalArgumentException} or {@link IndexOutOfBoundsException} if it
     * does not hold together.
     *
     * @param metadata what is before the batch's body
     */
    public static ColumnPlace of(byte[] metadata, long bodyLength, List<ArrowField> fields, int column) {
        var buffer = ByteBuffer.wrap(metadata).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt(0) != ArrowLayout.CONTINUATION
                || buffer.getInt(4) + ArrowLayout.MESSAGE_PREFIX != metadata.length) {
            throw new IllegalArgumentException("no message here");
        }
        buffer.position(ArrowLayout.MESSAGE_PREFIX);
        var header = Message.getRootAsMessage(buffer);
        var batch = header.headerType() == MessageHeader.RecordBatch
                ? (RecordBatch) header.header(new RecordBatch())
                : null;
        if (batch == null || header.bodyLength() != bodyLength) {
            throw new IllegalArgumentException("not a record batch of this length");
        }
        int first = 0;
        for (int i = 0; i < column; i++) {
            first += fields.get(i).type().fixed() ? 2 : 3;
        }
        if (batch.buffersLength() < first + 2) {
            throw new IllegalArgumentException("buffers are missing");
        }
        var validity = batch.buffers(first);
        long validityPlace = validity.offset();
        long validityLength = validity.length();
        var values = batch.buffers(first + 1);
        int prefix = batch.compression() == null ? 0 : ArrowLayout.BUFFER_PREFIX;
        // Validity is never compressed by our writer, and a column without nulls has none.
        int skipped = validityLength == 0 ? 0 : prefix;
        return new ColumnPlace(
                metadata.length + validityPlace + skipped,
                validityLength - skipped,
                metadata.length + values.offset() + prefix,
                values.length() - prefix,
                prefix);
    }
}
