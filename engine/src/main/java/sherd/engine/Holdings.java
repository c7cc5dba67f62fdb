package sherd.engine;

import java.util.Optional;
import sherd.engine.archive.OpenSegments;
import sherd.engine.memory.SlabPool;
import sherd.engine.objects.ObjectFiles;
import sherd.engine.route.ShardedTable;

/** What an open folder takes: memory of all rows, files of segments, pages of objects. Closing gives it back. */
record Holdings(Database database, OpenSegments open, SlabPool pool, Optional<ObjectFiles> objects)
        implements AutoCloseable {
    @Override
    public void close() {
        database.tables().forEach(ShardedTable::close);
        open.close();
        pool.close();
        objects.ifPresent(ObjectFiles::close);
    }
}
