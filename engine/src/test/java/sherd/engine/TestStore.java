package sherd.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.observe.Events;
import sherd.engine.route.Session;
import sherd.engine.route.ShardedTable;
import sherd.engine.schema.TableName;
import sherd.engine.sim.FaultDisk;
import sherd.engine.time.Clock;
import sherd.engine.time.SystemClock;

/**
 * An engine under test, used as one client would: keys and values as text. Closing it verifies that nothing leaked, that
 * the rows in memory hold together and that the folder passes the offline check.
 */
final class TestStore implements AutoCloseable {
    static final EngineConfig CONFIG = EngineConfig.DEFAULT.withShards(4).withMemoryLimit(256L << 20);

    final Disk disk;
    final Engine engine;
    final Session session;
    private final MemoryBudget ownMemory = new MemoryBudget(Long.MAX_VALUE);
    /** For names and values; small, since a store is opened thousands of times and fresh pages take long. */
    private final Region arguments;

    private final List<Region> large = new ArrayList<>();
    private long at;

    TestStore(Disk disk) {
        this(disk, CONFIG, new SystemClock());
    }

    TestStore(Disk disk, EngineConfig config, Clock clock) {
        this(disk, config, Optional.empty(), clock, Events.SILENT);
    }

    TestStore(Disk disk, EngineConfig config, Optional<ObjectStorage> storage, Clock clock, Events events) {
        this.disk = disk;
        engine = Engine.open(config, disk, storage, clock, new Random(7), events, Thread::new);
        session = engine.session();
        arguments = region(64 << 10);
    }

    private Region region(int bytes) {
        return new Region(ownMemory, MemoryBudget.Purpose.NETWORK, bytes);
    }

    private long put(byte[] bytes) {
        long address = arguments.address() + at;
        if (at + bytes.length > arguments.capacity()) {
            large.add(region(bytes.length));
            address = large.getLast().address();
        } else {
            at += bytes.length;
        }
        OffHeap.copy(bytes, 0, address, bytes.length);
        return address;
    }

    private void clearArguments() {
        at = 0;
        large.forEach(Region::close);
        large.clear();
    }

    /** One unit of work on one plain key. */
    <T> T on(String key, Work<T> work) {
        return on(null, key, work);
    }

    <T> T on(@Nullable ShardedTable table, String key, Work<T> work) {
        clearArguments();
        var bytes = key.getBytes(UTF_8);
        long address = put(bytes);
        for (int attempt = 0; ; attempt++) {
            assertThat(attempt).as("attempts to warm " + key).isLessThan(5);
            if (engine.log().congested()) {
                engine.log().sync(); // as the doors do, which wait for room before they write
            }
            session.begin();
            if (table == null) {
                session.addKey(address, bytes.length);
            } else {
                session.addKey(table, address, bytes.length);
            }
            if (session.lock()) {
                break;
            }
            warm();
        }
        T result;
        long lsn = 0;
        try {
            if (table == null) {
                session.seek(address, bytes.length);
            } else {
                session.seek(table, address, bytes.length);
            }
            result = work.on(session);
        } finally {
            lsn = session.commit();
        }
        await(lsn);
        return result;
    }

    private void warm() {
        var done = new CompletableFuture<Optional<RuntimeException>>();
        session.warm(failure -> done.complete(Optional.ofNullable(failure)), engine.workers());
        done.join().ifPresent(failure -> {
            throw failure;
        });
    }

    /** Waits until the write may be acknowledged; fails if it is in doubt. */
    void await(long lsn) {
        var done = new CompletableFuture<Boolean>();
        engine.log().whenAcknowledged(lsn, done::complete);
        assertThat(done.join()).as("in doubt").isFalse();
    }

    void set(String key, String value) {
        on(key, s -> {
            var bytes = value.getBytes(UTF_8);
            s.putString(put(bytes), bytes.length, Session.NEVER);
            return true;
        });
    }

    @Nullable
    String get(String key) {
        return on(key, TestStore::text).orElse(null);
    }

    private static Optional<String> text(Session s) {
        return s.kind() == Kind.STRING
                ? Optional.of(new String(OffHeap.toArray(s.valueAddress(), s.valueLength()), UTF_8))
                : Optional.empty();
    }

    boolean delete(String key) {
        return on(key, Session::remove);
    }

    void expire(String key, long at) {
        on(key, s -> {
            s.expire(at);
            return true;
        });
    }

    boolean hset(String key, String field, String value) {
        return on(key, s -> {
            var name = field.getBytes(UTF_8);
            var bytes = value.getBytes(UTF_8);
            return s.putField(put(name), name.length, put(bytes), bytes.length);
        });
    }

    boolean hdel(String key, String field) {
        return on(key, s -> {
            var name = field.getBytes(UTF_8);
            return s.removeField(put(name), name.length);
        });
    }

    @SuppressWarnings("NonApiType") // sorted, so that failures read well
    TreeMap<String, String> hgetall(String key) {
        return on(key, s -> {
            var all = new TreeMap<String, String>();
            s.firstField();
            while (s.nextField()) {
                all.put(
                        new String(OffHeap.toArray(s.fieldNameAddress(), s.fieldNameLength()), UTF_8),
                        new String(OffHeap.toArray(s.fieldValueAddress(), s.fieldValueLength()), UTF_8));
            }
            return all;
        });
    }

    void append(String key, int offset, String text) {
        on(key, s -> {
            var bytes = text.getBytes(UTF_8);
            s.writeString(offset, put(bytes), bytes.length);
            return true;
        });
    }

    String version(String key) {
        return on(key, s -> s.vector().toString());
    }

    void lines(String table, long time, String... lines) {
        var target = engine.requireTable(TableName.parse(table));
        try (var batch = engine.newBatch(target)) {
            for (var line : lines) {
                var bytes = line.getBytes(UTF_8);
                batch.startRow();
                batch.putLong(0, time);
                batch.putBytes(1, bytes, 0, bytes.length);
                batch.endRow();
            }
            await(engine.append(target, batch));
        }
    }

    List<String> find(String table, String query) {
        var found = engine.search(engine.requireTable(TableName.parse(table)), SearchRequest.of(query, 10_000));
        assertThat(found.total()).isEqualTo(found.hits().size());
        var lines = new ArrayList<String>();
        for (var hit : found.hits()) {
            lines.add(String.valueOf(hit.values()[hit.values().length - 1]));
        }
        return lines;
    }

    /** Lets go of an engine whose disk has crashed: nothing it does from here on reaches anything. */
    void abandon() {
        session.close();
        clearArguments();
        arguments.close();
        try {
            engine.close();
        } catch (StoreException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.LOG_FAILED);
        }
        assertThat(engine.memory().usedBytes()).as("leaked native memory").isZero();
    }

    /** Closes the engine as a program does at its end, verifying everything. */
    @Override
    public void close() {
        for (var table : engine.tables()) {
            for (var shard : table.shards()) {
                assertThat(RowCheck.of(table, shard)).isEmpty();
            }
        }
        session.close();
        clearArguments();
        arguments.close();
        engine.close();
        assertThat(engine.memory().usedBytes()).as("leaked native memory").isZero();
        if (disk instanceof FaultDisk fault) {
            fault.assertAllClosed();
        }
        assertThat(Engine.check(disk)).isEmpty();
    }

    /** What to do with the current key. */
    @FunctionalInterface
    interface Work<T> {
        T on(Session session);
    }
}
