package sherd.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import sherd.engine.archive.Catalog;
import sherd.engine.archive.CatalogState;
import sherd.engine.archive.SegmentEntry;
import sherd.engine.archive.TableEntry;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.SlabPool;
import sherd.engine.route.RoutingSource;
import sherd.engine.route.RoutingTable;
import sherd.engine.route.ShardedTable;
import sherd.engine.route.Tables;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;

/**
 * The tables there are, and the catalog that makes them last. Every change of tables or segments is one commit of the
 * catalog; what is served follows it.
 */
final class Database implements Tables {
    private final Disk disk;
    private final RoutingSource routing;
    private final SlabPool pool;
    private final String node;

    private CatalogState state;
    private long nextSequence;
    private volatile Map<TableName, ShardedTable> byName = Map.of();
    private volatile Map<Integer, ShardedTable> byId = Map.of();
    private volatile List<ShardedTable> inOrder = List.of();
    private volatile Addressed[] addressed = {};
    private @Nullable ShardedTable keyValue;

    /** A table that plain keys can address, with its name as bytes and a colon. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Addressed(byte[] prefix, ShardedTable table) {}

    Database(Disk disk, RoutingSource routing, SlabPool pool, String node, CatalogState state) {
        this.disk = disk;
        this.routing = routing;
        this.pool = pool;
        this.node = node;
        this.state = state;
        this.nextSequence = CatalogChange.nextSequence(state);
    }

    /** Makes the tables of the catalog, empty, and the table of plain keys if the folder is new. */
    void load(TableDefinition keyValueDefinition) {
        var routes = routing.load();
        var tables = new ArrayList<ShardedTable>();
        for (var entry : state.tables()) {
            var name = entry.definition().name();
            var table = routes.get(name);
            if (table == null) {
                throw new StoreException(
                        ErrorCode.CORRUPT_ROUTES, "no routes for a table of the catalog: table=" + name);
            }
            tables.add(new ShardedTable(entry.id(), entry.definition(), table, pool));
        }
        publish(tables);
        if (!byName.containsKey(TableName.KEY_VALUE)) {
            create(keyValueDefinition);
        }
        keyValue = byName.get(TableName.KEY_VALUE);
    }

    synchronized CatalogState state() {
        return state;
    }

    /**
     * The number of a new segment. Never given twice, also when the commit that was to name the segment failed: nobody
     * knows what such a commit left on disk, so its file is not written again.
     */
    synchronized long nextSequence() {
        nextSequence = Math.max(nextSequence, CatalogChange.nextSequence(state));
        return nextSequence++;
    }

    /** Changes the catalog durably; concurrent changes wait for each other. */
    CatalogState commit(UnaryOperator<CatalogState> change) {
        return commit(change, List.of());
    }

    /** The same, with new segments: their files go if no catalog can have come to name them. */
    synchronized CatalogState commit(UnaryOperator<CatalogState> change, List<SegmentEntry> fresh) {
        var next = change.apply(state);
        try {
            Catalog.stage(disk, next);
        } catch (StoreException | Error e) {
            SegmentFiles.discard(disk, fresh, e);
            throw e;
        }
        Catalog.publish(disk);
        state = next;
        return next;
    }

    /** False if an equal table exists already. */
    synchronized boolean create(TableDefinition definition) {
        var existing = byName.get(definition.name());
        if (existing != null) {
            if (existing.definition().equals(definition)) {
                return false;
            }
            throw new StoreException(
                    ErrorCode.TABLE_EXISTS,
                    "a different table has that name: table=" + definition.name()
                            + "; drop it first or choose another name");
        }
        var routes = RoutingTable.even(definition.shards(), node);
        routing.store(definition.name(), routes); // before the catalog: routes without a table are harmless
        int id = state.nextTableId();
        commit(old -> CatalogChange.addTable(old, new TableEntry(id, definition, Map.of())));
        var tables = new ArrayList<>(byName.values());
        tables.add(new ShardedTable(id, definition, routes, pool));
        publish(tables);
        return true;
    }

    /** Takes a table out; its memory and files are the caller's to let go. */
    synchronized Optional<ShardedTable> drop(TableName name) {
        var table = byName.get(name);
        if (table == null) {
            return Optional.empty();
        }
        if (name.equals(TableName.KEY_VALUE)) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the table of plain keys cannot be dropped: table=" + name + "; FLUSHDB empties it");
        }
        commit(old -> CatalogChange.removeTable(old, table.id()));
        var tables = new ArrayList<>(byName.values());
        tables.remove(table);
        publish(tables);
        table.markDropped();
        return Optional.of(table);
    }

    /** Forgets the routes of a dropped table. */
    void forgetRoutes(TableName name) {
        routing.remove(name);
    }

    private void publish(Collection<ShardedTable> tables) {
        var names = new HashMap<TableName, ShardedTable>();
        var ids = new HashMap<Integer, ShardedTable>();
        var prefixes = new ArrayList<Addressed>();
        for (var table : tables) {
            var definition = table.definition();
            names.put(definition.name(), table);
            ids.put(table.id(), table);
            if (definition.kind() == TableKind.RECORD
                    && !definition.freeForm()
                    && definition.name().database().equals(TableName.KEY_VALUE.database())) {
                var prefix = definition.name().table() + ":";
                prefixes.add(new Addressed(prefix.getBytes(java.nio.charset.StandardCharsets.US_ASCII), table));
            }
        }
        byName = Map.copyOf(names);
        byId = Map.copyOf(ids);
        inOrder = tables.stream()
                .sorted(Comparator.comparingInt(ShardedTable::id))
                .toList();
        addressed = prefixes.toArray(Addressed[]::new);
    }

    @Override
    public ShardedTable keyValue() {
        if (keyValue == null) {
            throw new StoreException(ErrorCode.CLOSED, "the engine is not open yet");
        }
        return keyValue;
    }

    @Override
    public @Nullable ShardedTable addressedBy(long key, int keyLength) {
        for (var candidate : addressed) {
            if (startsWith(key, keyLength, candidate.prefix())) {
                return candidate.table();
            }
        }
        return null;
    }

    private static boolean startsWith(long key, int keyLength, byte[] prefix) {
        if (keyLength < prefix.length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (OffHeap.getByte(key + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public @Nullable ShardedTable byId(int id) {
        return byId.get(id);
    }

    Optional<ShardedTable> byName(TableName name) {
        return Optional.ofNullable(byName.get(name));
    }

    List<ShardedTable> tables() {
        return inOrder;
    }
}
