package sherd.bench.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.command.Kind;
import sherd.engine.disk.LocalDisk;
import sherd.engine.lifecycle.Readers;
import sherd.engine.log.SyncPolicy;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.observe.Events;
import sherd.engine.route.Session;
import sherd.engine.schema.ArchiveSettings;
import sherd.engine.time.SystemClock;

/** GET and SET through a session: one unit of work of {@code batch} random keys an invocation. */
@NullUnmarked // JMH calls the setup before anything else
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBench {
    static final int KEY_BYTES = 16;
    static final int VALUE_BYTES = 64;

    static final long PREFIX = 0x3030_3030_3a79_656bL; // "key:0000"
    private static final int FILL_BATCH = 500;
    private static final long DAY_MILLIS = 86_400_000;
    private static final ArchiveSettings FROM_THE_FIRST_READ = new ArchiveSettings(DAY_MILLIS, 3, DAY_MILLIS, 0);

    @Param({"1000", "1000000"})
    public long keys;

    @Param({"1", "16"})
    public int batch;

    /** Whether rows are of an age whose readers are counted. */
    @Param("false")
    public boolean counted;

    private final SplittableRandom random = new SplittableRandom(1);
    private Path folder;
    private Engine engine;
    private Session session;
    private Region keyBytes;
    private Region value;

    @Setup(Level.Trial)
    public void open() throws IOException {
        start();
        fill(0, keys);
    }

    void start() throws IOException {
        folder = Files.createTempDirectory("sherd-engine-bench");
        engine = Engine.open(
                EngineConfig.DEFAULT
                        .withSync(SyncPolicy.OS)
                        .withArchive(counted ? FROM_THE_FIRST_READ : ArchiveSettings.DEFAULT),
                new LocalDisk(folder),
                new SystemClock(),
                new SplittableRandom(1),
                Events.SILENT,
                Thread.ofPlatform().daemon().factory());
        session = engine.session();
        session.readBy(Readers.idOf("bench"));
        keyBytes = new Region(engine.memory(), MemoryBudget.Purpose.NETWORK, (long) FILL_BATCH * KEY_BYTES);
        value = new Region(engine.memory(), MemoryBudget.Purpose.NETWORK, VALUE_BYTES);
        OffHeap.fill(value.address(), VALUE_BYTES, (byte) 'x');
    }

    void fill(long first, long more) {
        for (long next = first; next < first + more; next += FILL_BATCH) {
            int count = (int) Math.min(FILL_BATCH, first + more - next);
            for (int i = 0; i < count; i++) {
                name(i, next + i);
            }
            put(count);
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        session.close();
        value.close();
        keyBytes.close();
        engine.close();
        try (var files = Files.walk(folder)) {
            for (var path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Benchmark
    public long get() {
        nameRandomly();
        lock(batch);
        long found = 0;
        try {
            for (int i = 0; i < batch; i++) {
                if (session.seek(key(i), KEY_BYTES) == Kind.STRING) {
                    found += OffHeap.getLong(session.valueAddress()) + session.valueLength();
                }
            }
        } finally {
            session.commit();
        }
        return found;
    }

    @Benchmark
    public long set() {
        nameRandomly();
        return put(batch);
    }

    private long put(int count) {
        while (engine.log().congested()) {
            Thread.onSpinWait(); // as a door would stop reading: part of what a write costs
        }
        lock(count);
        try {
            for (int i = 0; i < count; i++) {
                session.seek(key(i), KEY_BYTES);
                session.putString(value.address(), VALUE_BYTES, Session.NEVER);
            }
        } catch (Throwable e) {
            session.commit();
            throw e;
        }
        return session.commit();
    }

    private void lock(int count) {
        session.begin();
        for (int i = 0; i < count; i++) {
            session.addKey(key(i), KEY_BYTES);
        }
        if (!session.lock()) {
            throw new IllegalStateException("a key is archived, though nothing was: " + List.of(keys, batch));
        }
    }

    private void nameRandomly() {
        for (int i = 0; i < batch; i++) {
            name(i, random.nextLong(keys));
        }
    }

    private void name(int index, long number) {
        OffHeap.putLong(key(index), PREFIX);
        OffHeap.putLong(key(index) + Long.BYTES, number);
    }

    private long key(int index) {
        return keyBytes.address() + (long) index * KEY_BYTES;
    }
}
