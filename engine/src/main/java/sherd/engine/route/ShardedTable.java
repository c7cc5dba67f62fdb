package sherd.engine.route;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import sherd.engine.lifecycle.Readers;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.SlabPool;
import sherd.engine.schema.Position;
import sherd.engine.schema.TableDefinition;
import sherd.engine.schema.TableKind;
import sherd.engine.shard.Shard;
import sherd.engine.table.ArchivedRows;
import sherd.engine.table.LogStore;
import sherd.engine.table.RecordStore;
import sherd.engine.table.TableSegments;

/** A table as this node serves it: its definition, its shards, and what its segments have. */
@SuppressWarnings("ReferenceEquality") // a shard is itself
public final class ShardedTable implements AutoCloseable {
    /** Of the memory limit, for all shards, once their old rows are read. */
    private static final long READERS_SHARE = 1024;

    private final int id;
    private final TableDefinition definition;
    private final RoutingTable routes;
    private final Shard[] shards;
    private final List<Shard> shardList;
    private final RowKey rowKey;
    /** Index among the parts of the key of each shard key column; null when the shard key is not part of the key. */
    private final int @Nullable [] shardKeyParts;

    private final boolean positionIsKey;
    /** Where each shard's interval starts, in the order of {@link #shards}. */
    private final long[] starts;

    private final AtomicInteger nextAppend = new AtomicInteger();
    /** Guards the moment at which rows leave the shards for a segment: who reads both holds it for reading. */
    private final ReadWriteLock homes = new ReentrantReadWriteLock();

    private volatile ArchivedRows archived;
    private volatile boolean dropped;

    public ShardedTable(int id, TableDefinition definition, RoutingTable routes, SlabPool pool) {
        this.id = id;
        this.archived = new TableSegments(definition, List.of(), pool.budget());
        this.definition = definition;
        this.routes = routes;
        this.rowKey = new RowKey(definition);
        this.shards = routes.ranges().stream()
                .map(range ->
                        new Shard(id, range.shard(), rows(definition, range.shard(), pool), readers(definition, pool)))
                .toArray(Shard[]::new);
        this.shardList = List.of(shards);
        boolean within = definition.key().containsAll(definition.shardKey());
        this.shardKeyParts = within
                ? definition.shardKey().stream()
                        .mapToInt(definition.key()::indexOf)
                        .toArray()
                : null;
        this.positionIsKey = definition.shardKey().equals(definition.key());
        this.starts = routes.ranges().stream().mapToLong(ShardRange::start).toArray();
    }

    private static Shard.Rows rows(TableDefinition definition, int shard, SlabPool pool) {
        return switch (definition.kind()) {
            case RECORD ->
                new Shard.Records(new RecordStore(shard, pool, definition.freeForm() ? null : definition.columns()));
            case LOG ->
                new Shard.Log(new LogStore(
                        definition.columns(),
                        definition.indexOf(definition.time().orElseThrow()),
                        pool.budget()));
        };
    }

    private static Readers readers(TableDefinition definition, SlabPool pool) {
        long bytes = pool.budget().limitBytes() / READERS_SHARE / definition.shards();
        return new Readers(definition.archive(), bytes, pool.budget());
    }

    public int id() {
        return id;
    }

    public TableDefinition definition() {
        return definition;
    }

    public boolean isRecord() {
        return definition.kind() == TableKind.RECORD;
    }

    public RoutingTable routes() {
        return routes;
    }

    public List<Shard> shards() {
        return shardList;
    }

    Shard[] shardArray() {
        return shards;
    }

    public ArchivedRows archived() {
        return archived;
    }

    /** The same, kept readable until it is released. */
    public ArchivedRows retainArchived() {
        while (true) {
            var current = archived;
            if (current.tryRetain()) {
                return current;
            }
        }
    }

    /**
     * Only under {@link #homes} held for writing, or before the table is served. Returns what was there before, for the
     * caller to release once it holds no lock: that may close files.
     */
    public ArchivedRows archived(ArchivedRows rows) {
        var before = archived;
        archived = rows;
        return before;
    }

    public ReadWriteLock homes() {
        return homes;
    }

    public boolean dropped() {
        return dropped;
    }

    public void markDropped() {
        dropped = true;
    }

    /** The key of a row with these values in schema order; INVALID_ARGUMENT names a missing part. */
    public byte[] keyOf(@Nullable Object[] values) {
        return rowKey.of(values);
    }

    /** The key from texts, one a key column, normalised: int64 {@code 007} is {@code 7}. */
    public byte[] keyOf(List<String> parts) {
        return rowKey.of(parts);
    }

    RowKey rowKey() {
        return rowKey;
    }

    /** True if a row's key does not tell its shard, so that a row may be in any and move. */
    boolean floating() {
        return shardKeyParts == null;
    }

    /** True if {@link #positionOfKey} tells where a key is; its low bits are the hash that the shard's index wants. */
    boolean positionIsKey() {
        return positionIsKey;
    }

    long positionOfKey(long key, int length) {
        return definition.freeForm() ? Position.ofKey(key, length) : Position.of(key, length);
    }

    /** The shard of a key; only if not {@link #floating}. */
    Shard shardOfKey(long key, int length) {
        if (positionIsKey) {
            return shardAt(positionOfKey(key, length));
        }
        var parts = rowKey.split(OffHeap.toArray(key, length));
        var wanted = IntStream.of(shardKeyParts == null ? new int[0] : shardKeyParts)
                .mapToObj(i -> i < parts.size() ? parts.get(i) : new byte[0])
                .toList();
        return shardAt(ShardKeys.position(wanted));
    }

    /** The shards that may have a row of this key: one, if the key tells which. */
    public List<Shard> shardsOf(long key, int length) {
        return floating() ? shards() : List.of(shardOfKey(key, length));
    }

    /** Whether a key is where a read would look for it. */
    public boolean serves(Shard shard, long key, int length) {
        return floating() || shardOfKey(key, length) == shard;
    }

    /** The shard of a row with these values. */
    Shard shardOfRow(@Nullable Object[] values) {
        if (shards.length == 1) {
            return shards[0];
        }
        return shardAt(ShardKeys.position(ShardKeys.texts(definition, values)));
    }

    /** Index into {@link #shards} of the shard of a row with these values. */
    public int shardIndexOfRow(@Nullable Object[] values) {
        return routes.indexOf(ShardKeys.position(ShardKeys.texts(definition, values)));
    }

    /** Guesses from the position's share of all positions, which is right or next to it while intervals are even. */
    Shard shardAt(long position) {
        int index = (int) Math.unsignedMultiplyHigh(position, shards.length);
        while (index > 0 && Long.compareUnsigned(position, starts[index]) < 0) {
            index--;
        }
        while (index + 1 < starts.length && Long.compareUnsigned(position, starts[index + 1]) >= 0) {
            index++;
        }
        return shards[index];
    }

    /** Where the next batch of a log table without shard key goes: shards in turn. */
    public Shard nextForAppend() {
        return shards[Math.floorMod(nextAppend.getAndIncrement(), shards.length)];
    }

    public @Nullable Shard shard(int shardId) {
        if (shardId >= 0 && shardId < shards.length && shards[shardId].id() == shardId) {
            return shards[shardId];
        }
        for (var shard : shards) {
            if (shard.id() == shardId) {
                return shard;
            }
        }
        return null;
    }

    @Override
    public void close() {
        archived.release();
        for (var shard : shards) {
            shard.close();
        }
    }
}
