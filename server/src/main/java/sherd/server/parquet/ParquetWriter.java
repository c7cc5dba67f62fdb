package sherd.server.parquet;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;
import sherd.engine.archive.text.RowView;
import sherd.engine.schema.Column;
import sherd.server.Version;

/**
 * Writes one Parquet file, row by row and front to back. In memory is one row group, compressed but for a page of each
 * column; so the file may be of any length.
 */
public final class ParquetWriter implements AutoCloseable {
    /** Readers work on row groups side by side, and skip them; this is what DuckDB writes too, about. */
    private static final int GROUP_ROWS = 128 << 10;

    private static final long GROUP_BYTES = 32 << 20;
    private static final int ZSTD_LEVEL = 3;
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;
    private final List<Column> columns;
    private final Map<String, String> metadata;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final List<ColumnChunkWriter> chunks = new ArrayList<>();
    private final List<RowGroup> groups = new ArrayList<>();
    private long place;
    private long groupRows;
    private long rows;

    /**
     * Closing it leaves the stream open.
     *
     * @param metadata what the footer says beside the schema
     */
    public ParquetWriter(OutputStream out, List<Column> columns, Map<String, String> metadata) throws IOException {
        this.out = out;
        this.columns = List.copyOf(columns);
        this.metadata = Map.copyOf(metadata);
        zstd.setLevel(ZSTD_LEVEL);
        var limits = PageLimits.of(columns.size());
        for (var column : columns) {
            chunks.add(new ColumnChunkWriter(column, zstd, limits));
        }
        write(MAGIC);
    }

    /** @param from where each column is in the row */
    public void add(RowView row, int[] from) throws IOException {
        long held = 0;
        for (int i = 0; i < from.length; i++) {
            var chunk = chunks.get(i);
            chunk.add(row, from[i]);
            held += chunk.heldBytes();
        }
        rows++;
        groupRows++;
        if (groupRows == GROUP_ROWS || held >= GROUP_BYTES) {
            endGroup();
        }
    }

    public long rows() {
        return rows;
    }

    /** Bytes of the file so far. */
    public long bytes() {
        return place;
    }

    private void endGroup() throws IOException {
        if (groupRows == 0) {
            return;
        }
        var ended = new ArrayList<ColumnChunk>();
        long unpacked = 0;
        long start = place;
        for (var chunk : chunks) {
            var meta = chunk.end(out, place);
            place += meta.getTotal_compressed_size();
            unpacked += meta.getTotal_uncompressed_size();
            ended.add(new ColumnChunk(0).setMeta_data(meta));
        }
        groups.add(
                new RowGroup(ended, unpacked, groupRows).setFile_offset(start).setTotal_compressed_size(place - start));
        groupRows = 0;
    }

    /** Writes what is left and the footer; without that it is no Parquet file. */
    public void finish() throws IOException {
        endGroup();
        var order = ColumnOrder.TYPE_ORDER(new TypeDefinedOrder());
        var pairs = new ArrayList<KeyValue>();
        metadata.forEach((key, value) -> pairs.add(new KeyValue(key).setValue(value)));
        var footer = new FileMetaData(1, ParquetSchema.elements(columns), rows, groups)
                .setKey_value_metadata(pairs)
                .setCreated_by("sherd version " + Version.TEXT)
                .setColumn_orders(columns.stream().map(_ -> order).toList());
        var counted = new CountingStream(out);
        Util.writeFileMetaData(footer, counted);
        write(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Math.toIntExact(counted.bytes))
                .array());
        write(MAGIC);
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        place += bytes.length;
    }

    @Override
    public void close() {
        zstd.close();
    }

    private static final class CountingStream extends OutputStream {
        private final OutputStream out;
        private long bytes;

        CountingStream(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int one) throws IOException {
            out.write(one);
            bytes++;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            out.write(source, offset, length);
            bytes += length;
        }
    }
}
