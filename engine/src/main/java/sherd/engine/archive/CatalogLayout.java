package sherd.engine.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;

/**
 * The catalog file.
 *
 * <pre>
 *  +0 "SHERDCAT"   +8 format version (int)   +12 length of the file (long)
 * +20 version (long) | next table id (int) | checkpoint LSN (long) | state | tables | segments
 * end-4 CRC32C of the bytes before (int)
 *
 * list      var count | elements
 * text      var bytes | UTF-8
 * state     list of: text key | text value, sorted by key
 * table     id (int) | definition | state
 * segment   table id (int) | purpose (byte) | sequence (long) | meta | state
 * </pre>
 *
 * Enumerations are written by name or by a number fixed here, never by their ordinal.
 */
final class CatalogLayout {
    static final String FILE = "catalog";

    private static final long MAGIC = 0x5441434452454853L;
    private static final int FORMAT = 1;
    private static final int HEADER = 20;
    private static final int CRC_BYTES = 4;
    private static final int PART_BYTES = 256 << 10;

    private CatalogLayout() {}

    /** Takes the file's bytes from front to back. */
    interface Target {
        void take(byte[] bytes, int count) throws IOException;
    }

    /** The file may be long, and the heap is not: it is made in parts. */
    static void write(CatalogState state, Target target) throws IOException {
        var length = new long[1];
        write(state, 0, (_, count) -> length[0] += count);
        write(state, length[0], target);
    }

    private static void write(CatalogState state, long length, Target target) throws IOException {
        var crc = new CRC32C();
        var sink = new ByteSink();
        sink.putLong(MAGIC);
        sink.putInt(FORMAT);
        sink.putLong(length);
        sink.putLong(state.version());
        sink.putInt(state.nextTableId());
        sink.putLong(state.checkpointLsn());
        putMap(sink, state.state());
        sink.putVar(state.tables().size());
        state.tables().forEach(t -> putTable(sink, t));
        sink.putVar(state.segments().size());
        for (var segment : state.segments()) {
            putSegment(sink, segment);
            if (sink.size() > PART_BYTES) {
                crc.update(sink.array(), 0, sink.size());
                target.take(sink.array(), sink.size());
                sink.clear();
            }
        }
        crc.update(sink.array(), 0, sink.size());
        sink.putInt((int) crc.getValue());
        target.take(sink.array(), sink.size());
    }

    static CatalogState read(byte[] bytes) {
        var header = new ByteSource(bytes, 0, bytes.length, ErrorCode.CORRUPT_CATALOG, FILE);
        if (header.getLong() != MAGIC) {
            throw header.corrupt("not a catalog");
        }
        int format = header.getInt();
        if (header.getLong() != bytes.length) {
            throw header.corrupt("the file has another size: got=" + bytes.length);
        }
        int end = bytes.length - CRC_BYTES;
        if (end < HEADER
                || new ByteSource(bytes, end, CRC_BYTES, ErrorCode.CORRUPT_CATALOG, FILE).getInt()
                        != CheckedFile.crc(bytes, 0, end)) {
            throw header.corrupt("checksum differs");
        }
        if (format != FORMAT) {
            throw header.corrupt("a catalog of format " + format + "; this node reads " + FORMAT);
        }
        var body = new ByteSource(bytes, HEADER, end - HEADER, ErrorCode.CORRUPT_CATALOG, FILE);
        try {
            return readBody(body);
        } catch (StoreException | IllegalArgumentException e) {
            if (e instanceof StoreException known && known.code() == ErrorCode.CORRUPT_CATALOG) {
                throw known;
            }
            throw new StoreException(
                    ErrorCode.CORRUPT_CATALOG,
                    "catalog does not hold together: file=" + FILE + " offset=" + body.position() + " problem='"
                            + e.getMessage() + "'; restore it from a copy",
                    e);
        }
    }

    private static CatalogState readBody(ByteSource body) {
        long version = body.getLong();
        int nextTableId = body.getInt();
        long checkpointLsn = body.getLong();
        var state = getMap(body);
        var tables = new ArrayList<TableEntry>();
        for (int left = body.getCount(); left > 0; left--) {
            tables.add(new TableEntry(body.getInt(), getDefinition(body), getMap(body)));
        }
        var segments = new ArrayList<SegmentEntry>();
        for (int left = body.getCount(); left > 0; left--) {
            segments.add(getSegment(body));
        }
        if (body.remaining() != 0) {
            throw body.corrupt("bytes after the end");
        }
        return new CatalogState(version, nextTableId, checkpointLsn, tables, segments, state);
    }

    private static void putTable(ByteSink sink, TableEntry table) {
        sink.putInt(table.id());
        var definition = table.definition();
        putName(sink, definition.name());
        sink.putString(definition.kind().label());
        sink.putVar(definition.columns().size());
        for (var column : definition.columns()) {
            sink.putString(column.name());
            sink.putString(column.type().label());
        }
        putTexts(sink, definition.key());
        putTexts(sink, definition.shardKey());
        putTexts(sink, definition.time().map(List::of).orElse(List.of()));
        sink.putInt(definition.shards());
        sink.putLong(definition.archive().minAge());
        sink.putInt(definition.archive().maxReads());
        sink.putLong(definition.archive().readsWindow());
        sink.putLong(definition.archive().retention());
        putMap(sink, table.state());
    }

    private static TableDefinition getDefinition(ByteSource source) {
        var name = getName(source);
        var kind = kind(source.getString());
        var columns = new ArrayList<Column>();
        for (int left = source.getCount(); left > 0; left--) {
            columns.add(new Column(source.getString(), type(source.getString())));
        }
        var key = getTexts(source);
        var shardKey = getTexts(source);
        var time = getTexts(source);
        int shards = source.getInt();
        var archive = new ArchiveSettings(source.getLong(), source.getInt(), source.getLong(), source.getLong());
        return new TableDefinition(
                name, kind, columns, key, shardKey, time.stream().findFirst(), shards, archive);
    }

    private static void putSegment(ByteSink sink, SegmentEntry entry) {
        sink.putInt(entry.tableId());
        sink.putByte(
                switch (entry.purpose()) {
                    case ARCHIVE -> 1;
                    case CHECKPOINT -> 2;
                });
        sink.putLong(entry.sequence());
        putMeta(sink, entry.meta());
        putMap(sink, entry.state());
    }

    private static SegmentEntry getSegment(ByteSource source) {
        int tableId = source.getInt();
        int purpose = source.getByte();
        long sequence = source.getLong();
        var meta = getMeta(source);
        return new SegmentEntry(
                meta,
                tableId,
                switch (purpose) {
                    case 1 -> SegmentEntry.Purpose.ARCHIVE;
                    case 2 -> SegmentEntry.Purpose.CHECKPOINT;
                    default -> throw source.corrupt("an unknown purpose");
                },
                sequence,
                getMap(source));
    }

    private static void putMeta(ByteSink sink, SegmentMeta meta) {
        sink.putString(meta.id());
        sink.putString(meta.file());
        putName(sink, meta.table());
        sink.putVar(meta.columns().size());
        for (var column : meta.columns()) {
            sink.putString(column.name());
            sink.putString(column.type().label());
            sink.putByte((column.searched() ? 1 : 0) | (column.hidden() ? 2 : 0));
        }
        sink.putInt(meta.timeColumn());
        sink.putInt(meta.keyColumn());
        sink.putLong(meta.rows());
        sink.putLong(meta.minTime());
        sink.putLong(meta.maxTime());
        sink.putByte(meta.timeSorted() ? 1 : 0);
        sink.putLong(meta.minKeyHash());
        sink.putLong(meta.maxKeyHash());
        sink.putLong(meta.createdSeconds());
        sink.putLong(meta.sizeBytes());
        sink.putLong(meta.rawBytes());
        sink.putString(meta.sha256());
    }

    private static SegmentMeta getMeta(ByteSource source) {
        var id = source.getString();
        var file = source.getString();
        var table = getName(source);
        var columns = new ArrayList<SegmentColumn>();
        for (int left = source.getCount(); left > 0; left--) {
            var name = source.getString();
            var type = type(source.getString());
            int flags = source.getByte();
            columns.add(new SegmentColumn(name, type, (flags & 1) != 0, (flags & 2) != 0));
        }
        return new SegmentMeta(
                id,
                file,
                table,
                columns,
                source.getInt(),
                source.getInt(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getByte() != 0,
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getString());
    }

    private static void putName(ByteSink sink, TableName name) {
        sink.putString(name.database());
        sink.putString(name.table());
    }

    private static TableName getName(ByteSource source) {
        return new TableName(source.getString(), source.getString());
    }

    private static TableKind kind(String label) {
        for (var kind : TableKind.values()) {
            if (kind.label().equals(label)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no kind of table: " + label);
    }

    private static ColumnType type(String label) {
        return ColumnType.parse(label).orElseThrow(() -> new IllegalArgumentException("no column type: " + label));
    }

    private static void putTexts(ByteSink sink, List<String> texts) {
        sink.putVar(texts.size());
        texts.forEach(sink::putString);
    }

    private static List<String> getTexts(ByteSource source) {
        var texts = new ArrayList<String>();
        for (int left = source.getCount(); left > 0; left--) {
            texts.add(source.getString());
        }
        return texts;
    }

    private static void putMap(ByteSink sink, Map<String, String> map) {
        sink.putVar(map.size());
        new TreeMap<>(map).forEach((key, value) -> {
            sink.putString(key);
            sink.putString(value);
        });
    }

    private static Map<String, String> getMap(ByteSource source) {
        var map = new TreeMap<String, String>();
        for (int left = source.getCount(); left > 0; left--) {
            map.put(source.getString(), source.getString());
        }
        return map;
    }
}
