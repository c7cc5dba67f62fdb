package sherd.bench.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** Objects in the heap, bounded as a cache is, though never full here. The key is the smallest object there can be. */
final class CaffeineMap implements PeerMap {
    private record Key(long prefix, long number) {}

    private final Cache<Key, byte[]> cache;
    private final byte[] value = EntryBytes.value();

    CaffeineMap(long entries) {
        cache = Caffeine.newBuilder()
                .maximumSize(2 * entries)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public long get(long key) {
        var found = cache.getIfPresent(new Key(EngineBench.PREFIX, key));
        return found == null ? 0 : EntryBytes.first(found);
    }

    @Override
    public void put(long key) {
        cache.put(new Key(EngineBench.PREFIX, key), value.clone());
    }

    @Override
    public void close() {
        cache.invalidateAll();
    }
}
