package sherd.bench.run;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.command.Kind;
import sherd.engine.disk.LocalDisk;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.observe.Events;
import sherd.engine.route.Session;
import sherd.engine.time.SystemClock;

@Command(name = "growth", description = "The longest single command while the index grows and while keys expire.")
public final class GrowthBench implements Callable<Integer> {
    private static final Metric LONGEST = Metric.drawn("longest", "us", 0);
    private static final Metric BY_CPU = Metric.drawn("longest on the CPU", "us", 0);
    private static final Metric OVER = Metric.shown("over 1 ms", "commands", 0);
    private static final Metric COLLECTING = Metric.shown("collecting", "ms", 0);
    private static final Metric COMMANDS = Metric.shown("commands", "", 0);

    private static final String SIDE = "engine";
    private static final int KEY_BYTES = 16;
    private static final int VALUE_BYTES = 64;
    private static final long ROOM_PER_KEY = 320;
    private static final long MILLI = 1_000_000;
    private static final long EXPIRY_SECONDS_AT_MOST = 120;

    @Option(names = "--keys", description = "The index grows to so many (default: ${DEFAULT-VALUE}).")
    private long keys = 10_000_000;

    @Option(
            names = "--expiring",
            description = "Of other keys, which expire at one moment (default: ${DEFAULT-VALUE}).")
    private long expiring = 5_000_000;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "growth",
                "The longest command while much changes",
                Map.of("keys", Long.toString(keys), "expiring", Long.toString(expiring)));
        try (var scratch = output.scratch();
                var engine = open(scratch.folder("engine"));
                var session = engine.session();
                var commands = new Commands(engine, session)) {
            output.progress("growing to " + keys + " keys");
            commands.grow(0, keys, Session.NEVER);
            commands.report(report, "growth to all keys");
            commands.grow(keys, keys + expiring, System.currentTimeMillis() + EXPIRY_SECONDS_AT_MOST * 1000);
            long expiry = System.currentTimeMillis() + 1_000;
            commands.hurry(keys, keys + expiring, expiry);
            commands.clear();
            output.progress("waiting for " + expiring + " keys to expire");
            long before = engine.memory().usedBytes(MemoryBudget.Purpose.RECORDS);
            long took = commands.readUntil(() -> engine.size(engine.keyValue()) <= keys, keys);
            commands.report(report, "expiry of the others");
            long after = engine.memory().usedBytes(MemoryBudget.Purpose.RECORDS);
            report.note(String.format(
                    Locale.ROOT,
                    "Expiry was through after %.1f s; memory of records went from %,d to %,d MB.",
                    took / 1e9,
                    before / 1_000_000,
                    after / 1_000_000));
        } catch (IOException e) {
            throw new BenchException("cannot open a folder: " + e, e);
        }
        report.note(
                "Commands one by one in process, logged with sync os: SETs of 16-byte keys and 64-byte values while the"
                        + " index grows; GETs of keys that stay while others expire, with the sweep beside it. Time on the CPU leaves"
                        + " out when the thread did not run: collections, safepoints, other threads' turns.");
        output.finish(report);
        return 0;
    }

    private Engine open(Path folder) throws IOException {
        var config = EngineConfig.DEFAULT.withMemoryLimit(Math.max(1L << 30, (keys + expiring) * ROOM_PER_KEY));
        return Engine.open(config, new LocalDisk(folder), new SystemClock(), new Random(1), Events.SILENT, work -> {
            var thread = new Thread(work, "engine");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Asked between commands. */
    private interface Reached {
        boolean reached();
    }

    /** Times commands. */
    private static final class Commands implements AutoCloseable {
        private final Engine engine;
        private final Session session;
        private final Region key;
        private final Region value;
        private final java.lang.management.ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
        private long longest;
        private long longestOnCpu;
        private long over;
        private long count;
        private long collectingBefore;

        private Commands(Engine engine, Session session) {
            this.engine = engine;
            this.session = session;
            key = new Region(engine.memory(), MemoryBudget.Purpose.CACHE, KEY_BYTES);
            value = new Region(engine.memory(), MemoryBudget.Purpose.CACHE, VALUE_BYTES);
            OffHeap.fill(value.address(), VALUE_BYTES, (byte) 'v');
            clear();
        }

        private void clear() {
            longest = 0;
            longestOnCpu = 0;
            over = 0;
            count = 0;
            collectingBefore = collecting();
        }

        private static long collecting() {
            return ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                    .sum();
        }

        private void grow(long from, long to, long expiry) {
            for (long i = from; i < to; i++) {
                while (engine.log().congested()) {
                    Thread.onSpinWait();
                }
                one(i, expiry, true);
            }
        }

        /** Has all of them expire soon. */
        private void hurry(long from, long to, long expiry) {
            for (long i = from; i < to; i++) {
                while (engine.log().congested()) {
                    Thread.onSpinWait();
                }
                name(i);
                session.begin();
                session.addKey(key.address(), KEY_BYTES);
                session.lock();
                if (session.seek(key.address(), KEY_BYTES) != Kind.ABSENT) {
                    session.expire(expiry);
                }
                session.commit();
            }
        }

        private long readUntil(Reached reached, long among) {
            long began = System.nanoTime();
            var random = new Random(2);
            while (!reached.reached()) {
                for (int i = 0; i < 10_000; i++) {
                    one(random.nextLong(among), Session.NEVER, false);
                }
            }
            return System.nanoTime() - began;
        }

        private void name(long number) {
            OffHeap.putLong(key.address(), number * 0x9E3779B97F4A7C15L);
            OffHeap.putLong(key.address() + 8, ~number);
        }

        private void one(long number, long expiry, boolean set) {
            name(number);
            long wall = System.nanoTime();
            long onCpu = cpu.getCurrentThreadCpuTime();
            session.begin();
            session.addKey(key.address(), KEY_BYTES);
            session.lock();
            session.seek(key.address(), KEY_BYTES);
            if (set) {
                session.putString(value.address(), VALUE_BYTES, expiry);
            }
            session.commit();
            onCpu = cpu.getCurrentThreadCpuTime() - onCpu;
            wall = System.nanoTime() - wall;
            longest = Math.max(longest, wall);
            longestOnCpu = Math.max(longestOnCpu, onCpu);
            over += wall > MILLI ? 1 : 0;
            count++;
        }

        private void report(Report report, String work) {
            report.add(work, SIDE, 0, LONGEST, longest / 1e3);
            report.add(work, SIDE, 0, BY_CPU, longestOnCpu / 1e3);
            report.add(work, SIDE, 0, OVER, (double) over);
            report.add(work, SIDE, 0, COLLECTING, (double) (collecting() - collectingBefore));
            report.add(work, SIDE, 0, COMMANDS, (double) count);
            clear();
        }

        @Override
        public void close() {
            key.close();
            value.close();
        }
    }
}
