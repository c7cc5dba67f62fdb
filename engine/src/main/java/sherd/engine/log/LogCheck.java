package sherd.engine.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.error.Fault;
import sherd.engine.memory.MemoryBudget;

/**
 * Reads a log that is not open and changes nothing.
 *
 * <p>Stricter than recovery: a complete frame that is damaged is a fault here even where recovery, which must start
 * after power loss, would cut it.
 */
public final class LogCheck {
    private final Disk disk;
    private final MemoryBudget budget;
    private final long fromLsn;
    private final CommitLog.Replay visitor;
    private final List<Fault> faults = new ArrayList<>();
    private final List<Fault> notes = new ArrayList<>();
    private boolean intact = true;
    private long lsn;

    /**
     * What was found.
     *
     * @param faults stored bytes that are not what was written
     * @param notes traces of a crash that the next start will clear away, and what earlier ones kept
     * @param endLsn the LSN just past the last good batch
     */
    public record Report(List<Fault> faults, List<Fault> notes, long endLsn) {}

    private LogCheck(Disk disk, MemoryBudget budget, long fromLsn, CommitLog.Replay visitor) {
        this.disk = disk;
        this.budget = budget;
        this.fromLsn = fromLsn;
        this.visitor = LogRecovery.after(fromLsn, visitor);
    }

    /** Checks every byte of the log; {@code fromLsn} is what a checkpoint covers, so the log must begin there or before. */
    public static Report check(Disk disk, MemoryBudget budget, long fromLsn) throws IOException {
        return check(disk, budget, fromLsn, (lsn, address, length) -> {});
    }

    /** As above, and hands out the batches above {@code fromLsn} as recovery would, up to the first fault. */
    public static Report check(Disk disk, MemoryBudget budget, long fromLsn, CommitLog.Replay visitor)
            throws IOException {
        return new LogCheck(disk, budget, fromLsn, visitor).run();
    }

    private Report run() throws IOException {
        var files = new ArrayList<Long>();
        for (String name : disk.list(LogLayout.FOLDER)) {
            long first = LogLayout.lsnOfName(name);
            if (first >= 0) {
                files.add(first);
            } else if (KeptTail.isOne(name)) {
                notes.add(new Fault(LogLayout.FOLDER + "/" + name, 0, KeptTail.note(disk, budget, name)));
            } else {
                faults.add(new Fault(LogLayout.FOLDER + "/" + name, 0, "not a log file"));
            }
        }
        if (files.isEmpty() && fromLsn > 0) {
            fault(LogLayout.FOLDER, 0, "there are no log files, and a checkpoint says the log reached lsn=" + fromLsn);
        } else if (!files.isEmpty() && files.getFirst() > fromLsn) {
            fault(LogLayout.fileName(files.getFirst()), 0, "the log before this file is missing from lsn=" + fromLsn);
        }
        for (int i = 0; i < files.size(); i++) {
            long first = files.get(i);
            boolean sound = checkFile(first, i == files.size() - 1);
            if (sound && i < files.size() - 1 && lsn != files.get(i + 1)) {
                fault(LogLayout.fileName(files.get(i + 1)), 0, "the log has a gap before this file from lsn=" + lsn);
            }
        }
        if (!files.isEmpty() && faults.isEmpty() && lsn < fromLsn) {
            fault(
                    LogLayout.fileName(files.getLast()),
                    0,
                    "the log ends at lsn=" + lsn + ", and a checkpoint says it reached lsn=" + fromLsn);
        }
        return new Report(List.copyOf(faults), List.copyOf(notes), lsn);
    }

    /** Returns whether the LSN just past the file is known for sure. */
    private boolean checkFile(long first, boolean last) throws IOException {
        String name = LogLayout.fileName(first);
        try (var scan = new LogFileScan(disk, first, budget)) {
            String problem = scan.headerProblem();
            if (problem != null) {
                if (last && scan.isUnborn()) {
                    notes.add(new Fault(name, 0, problem + ": the next start removes the file"));
                    lsn = first;
                } else {
                    fault(name, 0, problem);
                }
                return false;
            }
            return checkFrames(scan, name, first, last);
        }
    }

    private boolean checkFrames(LogFileScan scan, String name, long first, boolean last) throws IOException {
        boolean sound = true;
        long offset = LogLayout.FILE_HEADER_BYTES;
        long at = first;
        while (true) {
            var stop = scan.scan(offset, at, this::visit);
            if (intact) {
                lsn = stop.lsn();
            }
            LogFileScan.@Nullable Damage damage = stop.damage();
            if (damage == null) {
                lsn = stop.lsn();
                return sound;
            }
            sound = false;
            offset = scan.findFrame(damage.skipTo() >= 0 ? damage.skipTo() : stop.offset() + 1);
            if (last && scan.isUnfinished(stop)) {
                notes.add(new Fault(
                        name,
                        stop.offset(),
                        damage.problem() + ": the next start cuts bytes=" + (scan.size() - stop.offset())));
                return false;
            }
            fault(name, stop.offset(), damage.problem());
            if (offset < 0) {
                return false;
            }
            at = scan.lsnOfFrame(offset);
        }
    }

    private void visit(long batchLsn, long address, int length) {
        if (intact) {
            visitor.batch(batchLsn, address, length);
        }
    }

    private void fault(String file, long offset, String problem) {
        intact = false;
        faults.add(new Fault(file, offset, problem));
    }
}
