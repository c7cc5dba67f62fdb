package sherd.bench.engine;

import net.openhft.chronicle.map.ChronicleMap;
import org.jspecify.annotations.Nullable;

/** Outside the heap, in memory only, sized beforehand. */
final class ChronicleEntries implements PeerMap {
    private final ChronicleMap<byte[], byte[]> map;
    private final byte[] key = EntryBytes.key();
    private final byte[] value = EntryBytes.value();
    private final byte[] found = EntryBytes.value();

    ChronicleEntries(long entries) {
        map = ChronicleMap.of(byte[].class, byte[].class)
                .name("bench")
                .constantKeySizeBySample(key)
                .constantValueSizeBySample(value)
                .entries(entries)
                .create();
    }

    @Override
    public long get(long number) {
        byte @Nullable [] copied = map.getUsing(EntryBytes.named(key, number), found);
        return copied == null ? 0 : EntryBytes.first(copied);
    }

    @Override
    public void put(long number) {
        map.put(EntryBytes.named(key, number), value);
    }

    @Override
    public void close() {
        map.close();
    }
}
