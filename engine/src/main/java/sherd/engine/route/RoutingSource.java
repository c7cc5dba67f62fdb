package sherd.engine.route;

import java.util.Map;
import sherd.engine.schema.TableName;

/** Where routing tables are kept: a local file here, etcd in a cluster. */
public interface RoutingSource {
    /** All routing tables; one that is not valid is refused with CORRUPT_ROUTES. */
    Map<TableName, RoutingTable> load();

    /** Keeps a table's routes durably; the version must be one more than the one there, or 1. */
    void store(TableName table, RoutingTable routes);

    void remove(TableName table);
}
