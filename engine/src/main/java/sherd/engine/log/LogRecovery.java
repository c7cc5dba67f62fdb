package sherd.engine.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.observe.Event;
import sherd.engine.observe.Events;

/**
 * Brings the log from whatever a crash left to a known end.
 *
 * <p>A new file is begun only when the one before is complete and durable, so only the last file may end badly. What is
 * bad there is cut if it can be the trace of a crash: bytes that were never synced may be there in part, in any part.
 * It is damage, and refused, if a later frame tells that the bad one had been synced, or if an end mark came before.
 * A bad last frame that nothing vouches for is cut and reported; the two cannot be told apart. So unless it is plainly
 * the front part of a write, what is cut is kept in a file of its own ({@link KeptTail}).
 */
final class LogRecovery {
    private final Disk disk;
    private final MemoryBudget budget;
    private final Events events;

    /**
     * What recovery found.
     *
     * @param firstLsns the files, oldest first
     * @param emptyLast the salt of the last file if it holds no frames and is to be used, else null
     */
    record Found(
            long endLsn, List<Long> firstLsns, @Nullable Integer emptyLast) {}

    LogRecovery(Disk disk, MemoryBudget budget, Events events) {
        this.disk = disk;
        this.budget = budget;
        this.events = events;
    }

    Found recover(long fromLsn, CommitLog.Replay replay) throws IOException {
        List<Long> files = files();
        if (files.isEmpty()) {
            if (fromLsn > 0) {
                throw corrupt(
                        LogLayout.FOLDER,
                        0,
                        "there are no log files, and a checkpoint says the log reached lsn=" + fromLsn);
            }
            return new Found(0, files, null);
        }
        if (files.getFirst() > fromLsn) {
            throw corrupt(
                    LogLayout.fileName(files.getFirst()), 0, "the log before this file is missing from lsn=" + fromLsn);
        }
        int at = files.size() - 1;
        while (files.get(at) > fromLsn) {
            at--;
        }
        long lsn = files.get(at);
        for (; at < files.size() - 1; at++) {
            lsn = replayWhole(files.get(at), fromLsn, replay);
            if (lsn != files.get(at + 1)) {
                throw corrupt(
                        LogLayout.fileName(files.get(at + 1)), 0, "the log has a gap before this file from lsn=" + lsn);
            }
        }
        return recoverLast(files, fromLsn, replay);
    }

    private List<Long> files() throws IOException {
        var files = new ArrayList<Long>();
        for (String name : disk.list(LogLayout.FOLDER)) {
            long lsn = LogLayout.lsnOfName(name);
            if (lsn >= 0) {
                files.add(lsn);
            } else if (!KeptTail.isOne(name)) {
                events.on(new Event.Warning("not a log file, ignored: file=" + LogLayout.FOLDER + "/" + name));
            }
        }
        return files;
    }

    private long replayWhole(long nameLsn, long fromLsn, CommitLog.Replay replay) throws IOException {
        String name = LogLayout.fileName(nameLsn);
        try (var scan = new LogFileScan(disk, nameLsn, budget)) {
            String problem = scan.headerProblem();
            if (problem != null) {
                throw corrupt(name, 0, problem);
            }
            var stop = scan.scan(LogLayout.FILE_HEADER_BYTES, nameLsn, after(fromLsn, replay));
            if (stop.damage() != null) {
                throw corrupt(name, stop.offset(), stop.damage().problem() + ", and later log files exist");
            }
            return stop.lsn();
        }
    }

    private Found recoverLast(List<Long> files, long fromLsn, CommitLog.Replay replay) throws IOException {
        long nameLsn = files.getLast();
        String name = LogLayout.fileName(nameLsn);
        long size;
        int salt;
        String kept = null;
        LogFileScan.Stop stop;
        try (var scan = new LogFileScan(disk, nameLsn, budget)) {
            size = scan.size();
            String problem = scan.headerProblem();
            if (problem != null) {
                boolean hasPredecessor = nameLsn == 0 || files.size() > 1;
                if (!scan.isUnborn() || !hasPredecessor) {
                    throw corrupt(name, 0, problem);
                }
                requireReaches(nameLsn, fromLsn, name);
                return removeUnborn(files, size);
            }
            salt = scan.salt();
            stop = scan.scan(LogLayout.FILE_HEADER_BYTES, nameLsn, after(fromLsn, replay));
            if (stop.damage() != null) {
                requireTorn(scan, name, stop, stop.damage());
            }
            requireReaches(stop.lsn(), fromLsn, name);
            KeptTail.removeUnfinished(disk);
            if (stop.damage() != null && !scan.isUnfinished(stop)) {
                kept = KeptTail.keep(disk, scan, stop);
            }
        }
        settleLast(nameLsn, stop, size, kept);
        return new Found(stop.lsn(), files, stop.lsn() == nameLsn ? salt : null);
    }

    private static void requireTorn(LogFileScan scan, String name, LogFileScan.Stop stop, LogFileScan.Damage damage)
            throws IOException {
        if (damage.afterEnd()) {
            throw corrupt(name, stop.offset(), damage.problem());
        }
        long proof = scan.findProofOfStorage(stop.offset() + 1, stop.lsn());
        if (proof >= 0) {
            throw corrupt(
                    name,
                    stop.offset(),
                    damage.problem() + ", and the frame at offset " + proof + " tells that it was stored");
        }
    }

    private static void requireReaches(long lsn, long fromLsn, String name) {
        if (lsn < fromLsn) {
            throw corrupt(name, 0, "the log ends at lsn=" + lsn + ", and a checkpoint says it reached lsn=" + fromLsn);
        }
    }

    /** Makes the last file durable as it was read, for whatever follows builds on it. */
    private void settleLast(long nameLsn, LogFileScan.Stop stop, long size, @Nullable String kept) throws IOException {
        String name = LogLayout.fileName(nameLsn);
        boolean empty = stop.lsn() == nameLsn;
        long keep = empty ? LogLayout.FILE_HEADER_BYTES : stop.offset();
        try (var file = disk.openForWrite(name)) {
            if (keep < size) {
                file.truncate(keep);
            }
            file.sync();
        }
        if (stop.damage() != null) {
            events.on(new Event.TornTailCut(name, stop.lsn(), size - stop.offset(), kept));
        }
    }

    private Found removeUnborn(List<Long> files, long size) throws IOException {
        long lsn = files.removeLast();
        String name = LogLayout.fileName(lsn);
        disk.delete(name);
        disk.syncFolder(LogLayout.FOLDER);
        events.on(new Event.TornTailCut(name, lsn, size, null));
        return new Found(lsn, files, null);
    }

    static CommitLog.Replay after(long fromLsn, CommitLog.Replay replay) {
        return new CommitLog.Replay() {
            @Override
            public void batch(long lsn, long address, int length) {
                if (lsn > fromLsn) {
                    replay.batch(lsn, address, length);
                }
            }

            @Override
            public void ahead(long lsn, long address, int length) {
                if (lsn > fromLsn) {
                    replay.ahead(lsn, address, length);
                }
            }
        };
    }

    private static StoreException corrupt(String file, long offset, String problem) {
        return new StoreException(
                ErrorCode.CORRUPT_LOG,
                "the commit log is damaged: " + problem + " file=" + file + " offset=" + offset
                        + "; nothing was changed: keep the data folder, run check on it for the full list, and restore"
                        + " it from a copy");
    }
}
