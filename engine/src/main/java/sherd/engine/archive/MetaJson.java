package sherd.engine.archive;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.error.StoreException;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableName;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** The member {@code meta.json}: what a person or another program wants to know of a segment. */
final class MetaJson {
    static final String FORMAT = "sherd-segment-3";

    private static final JsonFactory FACTORY = new JsonFactory();

    private MetaJson() {}

    /**
     * What was read.
     *
     * @param contentSha256 of the contents of rows.arrow, index.sherd and keys.sherd, one after the other
     */
    record Parsed(SegmentMeta meta, String tokenizer, long indexOffset, String contentSha256) {}

    static byte[] write(SegmentMeta meta, long indexOffset, String contentSha256) {
        var out = new ByteArrayOutputStream();
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeStringProperty("format", FORMAT);
            json.writeStringProperty("segment_id", meta.id());
            json.writeStringProperty("table", meta.table().toString());
            json.writeNumberProperty("created", meta.createdSeconds());
            json.writeNumberProperty("doc_count", meta.rows());
            writeRanges(json, meta);
            json.writeArrayPropertyStart("schema");
            for (int i = 0; i < meta.columns().size(); i++) {
                writeColumn(json, meta, i);
            }
            json.writeEndArray();
            json.writeStringProperty("tokenizer", Tokenizer.ID);
            json.writeNumberProperty("index_offset", indexOffset);
            json.writeNumberProperty("size_bytes", meta.sizeBytes());
            json.writeNumberProperty("raw_bytes", meta.rawBytes());
            json.writeStringProperty("sha256", contentSha256);
            json.writeEndObject();
        }
        out.write('\n');
        return out.toByteArray();
    }

    static Parsed read(byte[] bytes, String file, long offset) {
        try (var json = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            return new Reader(json).read(file);
        } catch (JacksonException | StoreException | IllegalArgumentException e) {
            throw Failures.corruptSegment(file, offset, "meta.json: " + e.getMessage(), e);
        }
    }

    private static void writeRanges(JsonGenerator json, SegmentMeta meta) {
        if (meta.timeColumn() >= 0) {
            json.writeObjectPropertyStart("timestamp_range");
            json.writeNumberProperty("min", meta.minTime());
            json.writeNumberProperty("max", meta.maxTime());
            json.writeBooleanProperty("sorted", meta.timeSorted());
            json.writeEndObject();
        }
        if (meta.keyed()) {
            json.writeObjectPropertyStart("key_range");
            json.writeStringProperty("min_hash", Long.toHexString(meta.minKeyHash()));
            json.writeStringProperty("max_hash", Long.toHexString(meta.maxKeyHash()));
            json.writeEndObject();
        }
    }

    private static void writeColumn(JsonGenerator json, SegmentMeta meta, int index) {
        var column = meta.columns().get(index);
        json.writeStartObject();
        json.writeStringProperty("name", column.name());
        json.writeStringProperty("type", column.type().label());
        json.writeBooleanProperty("searched", column.searched());
        json.writeBooleanProperty("hidden", column.hidden());
        if (index == meta.timeColumn()) {
            json.writeBooleanProperty("time", true);
        }
        if (index == meta.keyColumn()) {
            json.writeBooleanProperty("key", true);
        }
        json.writeEndObject();
    }

    /** Pulls the fields one after the other; ones it does not know it skips. */
    private static final class Reader {
        private final JsonParser json;
        private final List<SegmentColumn> columns = new ArrayList<>();
        private String id = "";
        private String table = "";
        private String tokenizer = "";
        private String sha256 = "";
        private int timeColumn = -1;
        private int keyColumn = -1;
        private long created;
        private long rows;
        private long minTime = Long.MIN_VALUE;
        private long maxTime = Long.MAX_VALUE;
        private boolean timeSorted;
        private long minKeyHash;
        private long maxKeyHash;
        private long indexOffset;
        private long sizeBytes;
        private long rawBytes;

        Reader(JsonParser json) {
            this.json = json;
        }

        Parsed read(String file) {
            expect(JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                readField(json.currentName());
            }
            var meta = new SegmentMeta(
                    id,
                    file,
                    parseTable(),
                    columns,
                    timeColumn,
                    keyColumn,
                    rows,
                    minTime,
                    maxTime,
                    timeSorted,
                    minKeyHash,
                    maxKeyHash,
                    created,
                    sizeBytes,
                    rawBytes,
                    "");
            return new Parsed(meta, tokenizer, indexOffset, sha256);
        }

        private void readField(String name) {
            var token = json.nextToken();
            switch (name) {
                case "segment_id" -> id = json.getString();
                case "table" -> table = json.getString();
                case "tokenizer" -> tokenizer = json.getString();
                case "sha256" -> sha256 = json.getString();
                case "created" -> created = json.getLongValue();
                case "doc_count" -> rows = json.getLongValue();
                case "index_offset" -> indexOffset = json.getLongValue();
                case "size_bytes" -> sizeBytes = json.getLongValue();
                case "raw_bytes" -> rawBytes = json.getLongValue();
                case "timestamp_range", "key_range" -> readRange(token);
                case "schema" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        readColumn();
                    }
                }
                default -> json.skipChildren();
            }
        }

        private void readRange(JsonToken token) {
            if (token != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("a range that is no object");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "min" -> minTime = json.getLongValue();
                    case "max" -> maxTime = json.getLongValue();
                    case "sorted" -> timeSorted = json.getBooleanValue();
                    case "min_hash" -> minKeyHash = Long.parseUnsignedLong(json.getString(), 16);
                    case "max_hash" -> maxKeyHash = Long.parseUnsignedLong(json.getString(), 16);
                    default -> json.skipChildren();
                }
            }
        }

        private void readColumn() {
            var name = "";
            var type = "";
            boolean searched = false;
            boolean hidden = false;
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "name" -> name = json.getString();
                    case "type" -> type = json.getString();
                    case "searched" -> searched = json.getBooleanValue();
                    case "hidden" -> hidden = json.getBooleanValue();
                    case "time" -> timeColumn = json.getBooleanValue() ? columns.size() : timeColumn;
                    case "key" -> keyColumn = json.getBooleanValue() ? columns.size() : keyColumn;
                    default -> json.skipChildren();
                }
            }
            var label = type;
            columns.add(new SegmentColumn(
                    name,
                    ColumnType.parse(label).orElseThrow(() -> new IllegalArgumentException("no column type: " + label)),
                    searched,
                    hidden));
        }

        private TableName parseTable() {
            int dot = table.indexOf('.');
            if (dot < 0) {
                throw new IllegalArgumentException("no table name: " + table);
            }
            return new TableName(table.substring(0, dot), table.substring(dot + 1));
        }

        private void expect(JsonToken wanted) {
            if (json.nextToken() != wanted) {
                throw new IllegalArgumentException("not an object");
            }
        }
    }
}
