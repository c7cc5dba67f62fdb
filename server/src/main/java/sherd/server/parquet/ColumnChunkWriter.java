package sherd.server.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.text.RowView;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;

/**
 * One column of a row group: rows gather in a page, and compressed pages until the group ends. Values of variable width
 * are numbers of a dictionary while that has room, and stand as they are from there on.
 */
final class ColumnChunkWriter {
    private final Column column;
    private final ZstdCompressCtx zstd;
    private final PageLimits limits;

    /** 1 for a row with a value, 0 for one without. */
    private final int[] levels;
    /** Of the values there are: numbers in the dictionary, or truth. */
    private final int[] numbers;

    private final ByteSink values = new ByteSink();
    private final ByteSink run = new ByteSink();
    private final ByteSink page = new ByteSink();
    private byte[] value = new byte[256];
    private byte[] packed = new byte[256];
    private int rows;
    private int present;

    private final ByteArrayOutputStream dictionaryPage = new ByteArrayOutputStream();
    private final ByteArrayOutputStream dataPages = new ByteArrayOutputStream();
    private final Set<Encoding> encodings = EnumSet.noneOf(Encoding.class);
    private final CRC32 crc = new CRC32();
    private @Nullable Dictionary dictionary;
    private Bounds bounds;
    private long chunkRows;
    private long unpackedBytes;

    ColumnChunkWriter(Column column, ZstdCompressCtx zstd, PageLimits limits) {
        this.column = column;
        this.zstd = zstd;
        this.limits = limits;
        levels = new int[limits.rows()];
        numbers = new int[limits.rows()];
        dictionary = newDictionary();
        bounds = new Bounds(column.type());
    }

    private @Nullable Dictionary newDictionary() {
        return column.type().fixed() ? null : new Dictionary(limits.bytes() / 2);
    }

    /** Bytes in hand: of pages that are done and of the one that is not. */
    long heldBytes() {
        return dataPages.size() + (long) values.size();
    }

    void add(RowView row, int from) throws IOException {
        if (row.isNull(from)) {
            bounds.addNull();
            levels[rows++] = 0;
        } else {
            addValue(row, from);
            levels[rows++] = 1;
            present++;
        }
        if (rows == limits.rows() || values.size() >= limits.bytes()) {
            endPage();
        }
    }

    private void addValue(RowView row, int from) throws IOException {
        switch (column.type()) {
            case INT64, TIMESTAMP -> {
                values.putLong(row.getLong(from));
                bounds.add(row.getLong(from));
            }
            case INT32 -> {
                values.putInt((int) row.getLong(from));
                bounds.add(row.getLong(from));
            }
            case BOOL -> {
                numbers[present] = (int) row.getLong(from);
                bounds.add(row.getLong(from));
            }
            case FLOAT64 -> {
                values.putLong(Double.doubleToRawLongBits(row.getDouble(from)));
                bounds.add(row.getDouble(from));
            }
            case FLOAT32 -> {
                values.putInt(Float.floatToRawIntBits((float) row.getDouble(from)));
                bounds.add(row.getDouble(from));
            }
            case STRING, BYTES, JSON -> addBytes(row, from);
        }
    }

    private void addBytes(RowView row, int from) throws IOException {
        int length = row.length(from);
        var known = dictionary;
        if (known != null && length <= limits.bytes() / 2) {
            if (value.length < length) {
                value = new byte[length];
            }
            row.copyBytes(from, value, 0);
            int number = known.number(value, length);
            if (number != Dictionary.FULL) {
                numbers[present] = number;
                return;
            }
        }
        if (known != null) {
            endPage();
            endDictionary(known);
        }
        values.putInt(length);
        int at = values.place(length);
        row.copyBytes(from, values.array(), at);
    }

    private void endPage() throws IOException {
        if (rows == 0) {
            return;
        }
        run.clear();
        BitRun.write(run, levels, rows, 1);
        page.clear();
        page.putInt(run.size());
        page.putBytes(run.array(), 0, run.size());
        var encoding = putValues();
        encodings.add(encoding);
        var header = new DataPageHeader(rows, encoding, Encoding.RLE, Encoding.RLE);
        write(dataPages, page, new PageHeader(PageType.DATA_PAGE, 0, 0).setData_page_header(header));
        chunkRows += rows;
        values.clear();
        rows = 0;
        present = 0;
    }

    private Encoding putValues() {
        var known = dictionary;
        if (known != null) {
            int width = Math.max(1, BitRun.width(known.count() - 1));
            page.putByte(width);
            BitRun.write(page, numbers, present, width);
            return Encoding.RLE_DICTIONARY;
        }
        if (column.type() == ColumnType.BOOL) {
            BitRun.pack(page, numbers, present, 1);
        } else {
            page.putBytes(values.array(), 0, values.size());
        }
        return Encoding.PLAIN;
    }

    /** From here on values stand as they are. */
    private void endDictionary(Dictionary ended) throws IOException {
        if (dataPages.size() > 0) {
            encodings.add(Encoding.PLAIN);
            var header = new DictionaryPageHeader(ended.count(), Encoding.PLAIN);
            write(
                    dictionaryPage,
                    ended.values(),
                    new PageHeader(PageType.DICTIONARY_PAGE, 0, 0).setDictionary_page_header(header));
        }
        dictionary = null;
    }

    private void write(ByteArrayOutputStream out, ByteSink body, PageHeader header) throws IOException {
        int bound = Math.toIntExact(Zstd.compressBound(body.size()));
        if (packed.length < bound) {
            packed = new byte[bound];
        }
        int length = zstd.compressByteArray(packed, 0, bound, body.array(), 0, body.size());
        crc.reset();
        crc.update(packed, 0, length);
        header.setUncompressed_page_size(body.size())
                .setCompressed_page_size(length)
                .setCrc((int) crc.getValue());
        int before = out.size();
        Util.writePageHeader(header, out);
        unpackedBytes += out.size() - before + (long) body.size();
        out.write(packed, 0, length);
    }

    /** Writes the chunk, which starts at this place of the file, and begins the next one. */
    ColumnMetaData end(OutputStream out, long place) throws IOException {
        endPage();
        if (dictionary != null) {
            endDictionary(dictionary);
        }
        encodings.add(Encoding.RLE);
        var chunk = new ColumnMetaData(
                        ParquetSchema.physical(column.type()),
                        List.copyOf(encodings),
                        List.of(column.name()),
                        CompressionCodec.ZSTD,
                        chunkRows,
                        unpackedBytes,
                        dictionaryPage.size() + (long) dataPages.size(),
                        place + dictionaryPage.size())
                .setStatistics(bounds.statistics());
        if (dictionaryPage.size() > 0) {
            chunk.setDictionary_page_offset(place);
        }
        dictionaryPage.writeTo(out);
        dataPages.writeTo(out);
        restart();
        return chunk;
    }

    private void restart() {
        dictionaryPage.reset();
        dataPages.reset();
        encodings.clear();
        dictionary = newDictionary();
        bounds = new Bounds(column.type());
        chunkRows = 0;
        unpackedBytes = 0;
    }
}
