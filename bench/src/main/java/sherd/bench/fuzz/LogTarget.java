package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import sherd.engine.error.StoreException;
import sherd.engine.log.CommitLog;
import sherd.engine.log.FileCommitLog;
import sherd.engine.log.LogCheck;
import sherd.engine.log.LogConfig;
import sherd.engine.log.SyncPolicy;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.observe.Events;
import sherd.engine.time.SystemClock;

/** One file of the commit log: the checker reads every input, recovery every sixteenth. */
final class LogTarget implements Target {
    private static final String FILE = "log/00000000000000000000.log";

    private final MemoryBudget budget = new MemoryBudget(16 << 20);
    private long read;
    private int runs;

    @Override
    public List<byte[]> seeds() {
        var disk = new HeldDisk();
        byte[] killed;
        try (var log = open(disk);
                var batch = new Region(budget, MemoryBudget.Purpose.NETWORK, 256)) {
            for (int i = 0; i < 6; i++) {
                var bytes = "batch ".repeat(i + 1).getBytes(UTF_8);
                OffHeap.copy(bytes, 0, batch.address(), bytes.length);
                log.append(batch.address(), bytes.length);
                if (i % 2 == 1) {
                    log.sync();
                }
            }
            killed = disk.content(FILE);
        }
        return List.of(disk.content(FILE), killed);
    }

    private CommitLog open(HeldDisk disk) {
        return FileCommitLog.open(
                disk,
                new LogConfig(SyncPolicy.OS, 5, 4096, 4096),
                new SystemClock(),
                Thread.ofPlatform().daemon().name("fuzz-log").factory(),
                budget,
                Events.SILENT,
                0,
                this::visit);
    }

    /** Touches every byte that is handed out. */
    private void visit(long lsn, long address, int length) {
        read += OffHeap.hash(address, length) + lsn;
    }

    @Override
    public List<String> words() {
        return List.of("SFRM", "SEND", "SHERDLOG", "\0\0\0\0", "\0\0\0\0\0\0\0\0");
    }

    @Override
    public void run(byte[] input) throws IOException {
        var file = input.clone();
        if (Seal.wanted(input)) {
            Seal.log(file);
        }
        var disk = new HeldDisk();
        disk.put(FILE, file);
        boolean sound = LogCheck.check(disk, budget, 0, this::visit).faults().isEmpty();
        if (runs++ % 16 == 0) {
            recover(disk, sound);
        }
        Judge.allBack(budget, 0);
    }

    /** What recovery leaves behind is sound, and what was sound it does not refuse. */
    private void recover(HeldDisk disk, boolean sound) throws IOException {
        try {
            open(disk).close();
            var faults = LogCheck.check(disk, budget, 0).faults();
            Judge.holds(faults.isEmpty(), "recovery left damage: " + faults);
        } catch (StoreException e) {
            Judge.allowCorruption(e);
            Judge.holds(!sound, "recovery refused what the check found sound: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        Judge.allBack(budget, 0);
        Judge.holds(read != 0, "nothing was read");
    }
}
