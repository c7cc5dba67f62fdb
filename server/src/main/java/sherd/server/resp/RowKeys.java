package sherd.server.resp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.command.Kind;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.Session;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;

/**
 * Tells keys {@code TABLE:KEY} that are rows of a record table of database {@code default} from plain keys. Almost all
 * keys are plain, so what is fast is to see that.
 */
final class RowKeys implements AutoCloseable {
    private static final int MAX_NAME = 64;

    private final Engine engine;
    private final Region scratch;
    private List<ShardedTable> seen = List.of();
    private Map<String, ShardedTable> records = Map.of();

    RowKeys(Engine engine) {
        this.engine = engine;
        this.scratch = new Region(engine.budget(), MemoryBudget.Purpose.NETWORK, 256);
    }

    /** Called between turns: tables come and go rarely. */
    void refresh() {
        var tables = engine.tables();
        if (tables == seen) {
            return;
        }
        seen = tables;
        var byName = new HashMap<String, ShardedTable>();
        for (var table : tables) {
            var definition = table.definition();
            var name = definition.name();
            if (definition.kind() == TableKind.RECORD
                    && name.database().equals(TableName.KEY_VALUE.database())
                    && !definition.freeForm()) {
                byName.put(name.table(), table);
            }
        }
        records = byName;
    }

    /** The table a key belongs to; null: a plain key. */
    @Nullable
    ShardedTable table(long key, int length) {
        if (records.isEmpty()) {
            return null;
        }
        int colon = colon(key, length);
        if (colon < 1) {
            return null;
        }
        return records.get(new String(OffHeap.toArray(key, colon), StandardCharsets.ISO_8859_1));
    }

    void add(Session session, long key, int length) {
        var table = table(key, length);
        if (table == null) {
            session.addKey(key, length);
        } else {
            int bytes = rowKey(table, key, length);
            session.addKey(table, scratch.address(), bytes);
        }
    }

    Kind seek(Session session, long key, int length) {
        var table = table(key, length);
        if (table == null) {
            return session.seek(key, length);
        }
        int bytes = rowKey(table, key, length);
        return session.seek(table, scratch.address(), bytes);
    }

    @Override
    public void close() {
        scratch.close();
    }

    private static int colon(long key, int length) {
        for (int i = 0; i < Math.min(length, MAX_NAME + 1); i++) {
            if (OffHeap.getByte(key + i) == ':') {
                return i;
            }
        }
        return -1;
    }

    /** Brings the part after the colon into the table's own form, in the scratch memory. */
    private int rowKey(ShardedTable table, long key, int length) {
        int from = colon(key, length) + 1;
        var text = new String(OffHeap.toArray(key + from, length - from), StandardCharsets.UTF_8);
        var parts = new ArrayList<String>();
        for (var part : text.split(",", -1)) {
            parts.add(decode(part));
        }
        var bytes = table.keyOf(parts);
        scratch.ensure(bytes.length);
        OffHeap.copy(bytes, 0, scratch.address(), bytes.length);
        return bytes.length;
    }

    private static String decode(String part) {
        if (part.indexOf('%') < 0) {
            return part;
        }
        return part.replace("%2C", ",").replace("%2c", ",").replace("%25", "%");
    }

    static StoreException tooLong(int length, int limit) {
        return new StoreException(
                ErrorCode.TOO_LARGE, "key is too long: bytes=" + length + " limit=" + limit + "; use shorter keys");
    }
}
