package sherd.bench.engine;

import org.jspecify.annotations.Nullable;
import org.mapdb.DB;
import org.mapdb.DBMaker;
import org.mapdb.HTreeMap;
import org.mapdb.Serializer;

/** Outside the heap in direct buffers, without transactions. */
final class MapDbEntries implements PeerMap {
    private final DB db = DBMaker.memoryDirectDB().make();
    private final HTreeMap<byte[], byte[]> map;
    private final byte[] value = EntryBytes.value();

    MapDbEntries() {
        map = db.hashMap("bench", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY).create();
    }

    @Override
    public long get(long number) {
        byte @Nullable [] found = map.get(EntryBytes.named(EntryBytes.key(), number));
        return found == null ? 0 : EntryBytes.first(found);
    }

    @Override
    public void put(long number) {
        map.put(EntryBytes.named(EntryBytes.key(), number), value);
    }

    @Override
    public void close() {
        db.close();
    }
}
