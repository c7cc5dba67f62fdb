package sherd.engine.route;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.TableName;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Routing tables in one file of the data folder: a line of JSON and a line with its CRC32C. Written under a temporary
 * name and renamed, so that there is always one whole version.
 */
public final class LocalRoutes implements RoutingSource {
    public static final String FILE = "routes";

    private static final String TEMPORARY = "routes.tmp";
    private static final JsonFactory JSON = new JsonFactory();

    private final Disk disk;
    private final TreeMap<String, RoutingTable> tables = new TreeMap<>();

    public LocalRoutes(Disk disk) {
        this.disk = disk;
    }

    @Override
    public synchronized Map<TableName, RoutingTable> load() {
        tables.clear();
        var byName = new HashMap<TableName, RoutingTable>();
        try {
            if (disk.exists(FILE)) {
                parse(read());
            }
            tables.forEach((name, routes) -> byName.put(TableName.parse(name), routes));
        } catch (IOException e) {
            throw failed("read", e);
        } catch (StoreException | IllegalArgumentException e) {
            if (e instanceof StoreException known && known.code() == ErrorCode.CORRUPT_ROUTES) {
                throw known;
            }
            throw corrupt("it does not hold together: " + e.getMessage());
        }
        return byName;
    }

    @Override
    public synchronized void store(TableName table, RoutingTable routes) {
        tables.put(table.toString(), routes);
        write();
    }

    @Override
    public synchronized void remove(TableName table) {
        if (tables.remove(table.toString()) != null) {
            write();
        }
    }

    private byte[] read() throws IOException {
        try (var file = disk.open(FILE)) {
            var buffer = ByteBuffer.allocate((int) file.size());
            file.read(buffer, 0);
            return buffer.array();
        }
    }

    private void parse(byte[] bytes) {
        int line = bytes.length;
        for (int i = 0; i < bytes.length && line == bytes.length; i++) {
            line = bytes[i] == '\n' ? i : line;
        }
        var expected = new String(
                bytes,
                Math.min(line + 1, bytes.length),
                Math.max(0, bytes.length - line - 1),
                StandardCharsets.ISO_8859_1);
        if (!expected.equals(checksum(bytes, line))) {
            throw corrupt("its checksum does not match");
        }
        try (var parser = JSON.createParser(ObjectReadContext.empty(), bytes, 0, line)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                tables.put(name, table(parser));
            }
        } catch (JacksonException e) {
            throw corrupt("it is not the JSON expected: " + e.getOriginalMessage());
        }
    }

    private static RoutingTable table(JsonParser parser) {
        long version = 0;
        List<ShardRange> ranges = List.of();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            if (name.equals("version")) {
                version = parser.getLongValue();
            } else {
                ranges = ranges(parser);
            }
        }
        return new RoutingTable(version, ranges);
    }

    private static List<ShardRange> ranges(JsonParser parser) {
        var ranges = new ArrayList<ShardRange>();
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            int shard = 0;
            long start = 0;
            long end = 0;
            var nodes = new ArrayList<String>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "shard_id" -> shard = parser.getIntValue();
                    case "range_start" -> start = Long.parseUnsignedLong(parser.getString(), 16);
                    case "range_end" -> end = end(parser.getString());
                    default -> {
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            nodes.add(parser.getString());
                        }
                    }
                }
            }
            ranges.add(new ShardRange(shard, start, end, nodes));
        }
        return ranges;
    }

    private static long end(String hex) {
        return hex.length() == 17 ? 0 : Long.parseUnsignedLong(hex, 16);
    }

    private byte[] encode() {
        var out = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            for (var entry : tables.entrySet()) {
                json.writeName(entry.getKey());
                json.writeStartObject();
                json.writeNumberProperty("version", entry.getValue().version());
                json.writeName("routes");
                json.writeStartArray();
                for (var range : entry.getValue().ranges()) {
                    json.writeStartObject();
                    json.writeNumberProperty("shard_id", range.shard());
                    json.writeStringProperty("range_start", String.format("%016x", range.start()));
                    json.writeStringProperty(
                            "range_end", range.end() == 0 ? "10000000000000000" : String.format("%016x", range.end()));
                    json.writeName("nodes");
                    json.writeStartArray();
                    range.nodes().forEach(json::writeString);
                    json.writeEndArray();
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        int line = out.size();
        out.write('\n');
        out.writeBytes(checksum(out.toByteArray(), line).getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private static String checksum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return String.format("crc32c:%08x%n", crc.getValue());
    }

    private void write() {
        try {
            disk.delete(TEMPORARY);
            try (var file = disk.create(TEMPORARY)) {
                file.write(ByteBuffer.wrap(encode()), 0);
                file.sync();
            }
            disk.rename(TEMPORARY, FILE);
            disk.syncFolder("");
        } catch (IOException e) {
            throw failed("write", e);
        }
    }

    private StoreException failed(String what, IOException e) {
        boolean full = Disk.isFull(e);
        return new StoreException(
                full ? ErrorCode.DISK_FULL : ErrorCode.DISK_FAILED,
                (full ? "the disk is full, " : "") + "cannot " + what + " the routing table: file=" + disk.describe()
                        + "/" + FILE + " reason='" + e.getMessage() + "'; "
                        + (full ? "make room and try again" : "look at the disk and at the permissions of the folder"),
                new UncheckedIOException(e));
    }

    private StoreException corrupt(String what) {
        return new StoreException(
                ErrorCode.CORRUPT_ROUTES,
                "the routing table cannot be used: file=" + disk.describe() + "/" + FILE + ": " + what
                        + "; restore it from a copy of the folder");
    }
}
