package sherd.engine.log;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.observe.Event;
import sherd.engine.time.Clock;
import sherd.engine.time.SystemClock;

/** A log on some disk, batches as text, and what was replayed and told. */
final class LogHarness implements AutoCloseable {
    final MemoryBudget budget = new MemoryBudget(64L << 20);
    final List<Event> events = new CopyOnWriteArrayList<>();
    final List<String> replayed = new ArrayList<>();
    final List<Long> replayedLsns = new ArrayList<>();
    final Region scratch = new Region(budget, MemoryBudget.Purpose.NETWORK, 1024);
    private final Disk disk;
    private final ArrayDeque<String> announced = new ArrayDeque<>();
    private final LogConfig config;
    private final Clock clock;
    private @Nullable FileCommitLog log;

    LogHarness(Disk disk, LogConfig config, Clock clock) {
        this.disk = disk;
        this.config = config;
        this.clock = clock;
    }

    LogHarness(Disk disk, LogConfig config) {
        this(disk, config, new SystemClock());
    }

    /** Takes batches, each of which must have been told ahead. */
    private final class Replayed implements CommitLog.Replay {
        @Override
        public void batch(long lsn, long address, int length) {
            String batch = text(address, length);
            String told = announced.poll();
            if (!(lsn + " " + batch).equals(told)) {
                throw new AssertionError("told ahead: " + told + " came: " + lsn + " " + batch);
            }
            replayed.add(batch);
            replayedLsns.add(lsn);
        }

        @Override
        public void ahead(long lsn, long address, int length) {
            announced.add(lsn + " " + text(address, length));
        }

        private static String text(long address, int length) {
            return new String(OffHeap.toArray(address, length), StandardCharsets.UTF_8);
        }
    }

    static LogConfig small(SyncPolicy sync) {
        return new LogConfig(sync, 5, 400, 4096);
    }

    LogHarness open() {
        return open(0);
    }

    LogHarness open(long fromLsn) {
        ThreadFactory threads = work -> Thread.ofPlatform().daemon().name("log").unstarted(work);
        log = FileCommitLog.open(disk, config, clock, threads, budget, events::add, fromLsn, new Replayed());
        if (!announced.isEmpty()) {
            throw new AssertionError("batches were told ahead and never came: " + announced);
        }
        return this;
    }

    FileCommitLog log() {
        if (log == null) {
            throw new AssertionError("not open");
        }
        return log;
    }

    long append(String batch) {
        byte[] bytes = batch.getBytes(StandardCharsets.UTF_8);
        scratch.ensure(bytes.length);
        OffHeap.copy(bytes, 0, scratch.address(), bytes.length);
        return log().append(scratch.address(), bytes.length);
    }

    /** Closes and proves that all memory came back. */
    @Override
    public void close() {
        try (scratch) {
            if (log != null) {
                log.close();
            }
        }
        if (budget.usedBytes() != 0) {
            throw new AssertionError("memory leaked: bytes=" + budget.usedBytes());
        }
    }
}
