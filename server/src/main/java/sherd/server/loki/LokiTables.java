package sherd.server.loki;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sherd.engine.Engine;
import sherd.engine.error.StoreException;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.schema.TableName;

/**
 * The table of each tenant. Rows of one stream are in one shard, so that those of one nanosecond keep the order in which
 * they came.
 */
final class LokiTables {
    static final String DATABASE = "loki";
    static final String USUAL_TENANT = "default";

    static final int TIME = 0;
    static final int NANOS = 1;
    static final int LABELS = 2;
    static final int METADATA = 3;
    static final int LINE = 4;

    private static final List<Column> COLUMNS = List.of(
            new Column("ts", ColumnType.TIMESTAMP),
            new Column("nanos", ColumnType.INT32),
            new Column("labels", ColumnType.JSON),
            new Column("metadata", ColumnType.JSON),
            new Column("line", ColumnType.STRING));
    private static final int MOST_SHARDS = 16;

    private final Engine engine;

    LokiTables(Engine engine) {
        this.engine = engine;
    }

    /** The tenant's table, if anything was ever pushed to it. */
    Optional<ShardedTable> find(@Nullable String tenant) {
        var table = engine.table(name(tenant));
        table.ifPresent(LokiTables::requireShape);
        return table;
    }

    /** The tenant's table, made if it is not there. Blocks then. */
    ShardedTable open(@Nullable String tenant) {
        var found = find(tenant);
        if (found.isPresent()) {
            return found.get();
        }
        var config = engine.config();
        engine.createTable(new TableDefinition(
                name(tenant),
                TableKind.LOG,
                COLUMNS,
                List.of(),
                List.of("labels"),
                Optional.of("ts"),
                Math.min(MOST_SHARDS, config.defaultShards()),
                config.archive()));
        var made = engine.requireTable(name(tenant));
        requireShape(made);
        return made;
    }

    private static TableName name(@Nullable String tenant) {
        var name = tenant == null || tenant.isEmpty() ? USUAL_TENANT : tenant;
        try {
            return new TableName(DATABASE, name);
        } catch (StoreException e) {
            throw LokiException.bad("bad tenant: X-Scope-OrgID='" + name
                    + "'; a tenant is a table here, one at a time: up to 64 letters, digits, '_' and '-', not starting"
                    + " with a digit or '-'");
        }
    }

    private static void requireShape(ShardedTable table) {
        if (!table.definition().columns().equals(COLUMNS)) {
            throw LokiException.bad("not a table of pushed streams: table="
                    + table.definition().name() + "; use another tenant, or drop the table");
        }
    }
}
