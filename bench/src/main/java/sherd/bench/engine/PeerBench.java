package sherd.bench.engine;

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

/** GET and SET of a map in the process; {@link EngineRun} gives each the JVM options that it needs. */
@NullUnmarked // JMH calls the setup before anything else
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PeerBench {
    @Param({"1000", "1000000"})
    public long keys;

    @Param("CAFFEINE")
    public Peer peer;

    private final SplittableRandom random = new SplittableRandom(1);
    private PeerMap map;

    @Setup(Level.Trial)
    public void open() {
        map = peer.open(keys);
        for (long key = 0; key < keys; key++) {
            map.put(key);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        map.close();
    }

    @Benchmark
    public long get() {
        return map.get(random.nextLong(keys));
    }

    @Benchmark
    public void set() {
        map.put(random.nextLong(keys));
    }
}
