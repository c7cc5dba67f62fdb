package sherd.engine.log;

import java.io.IOException;
import sherd.engine.disk.Disk;
import sherd.engine.memory.MemoryBudget;

/**
 * What recovery cut off a log file though it is not plainly the front part of a write: power loss may leave just that,
 * and so may a byte that changed in the middle of what was never synced, with good frames after it. The start must
 * succeed after the one, and nothing may be lost by the other. So the bytes go into a file beside the log before they
 * are cut: the header of their log file, then all from the bad frame on. No start reads or deletes it.
 */
final class KeptTail {
    private KeptTail() {}

    /** True of the name of a kept file, whole or not. */
    static boolean isOne(String name) {
        return LogLayout.isKeptName(name) || name.equals(LogLayout.KEPT_TEMPORARY_NAME);
    }

    /** Keeps what is to be cut; durable when it returns the file's name. The same bytes once more are the same file. */
    static String keep(Disk disk, LogFileScan scan, LogFileScan.Stop stop) throws IOException {
        try {
            int crc;
            try (var file = disk.create(LogLayout.KEPT_TEMPORARY)) {
                crc = scan.copyTail(stop.offset(), file);
                file.sync();
            }
            String name = LogLayout.keptFileName(stop.lsn(), crc);
            disk.rename(LogLayout.KEPT_TEMPORARY, name);
            disk.syncFolder(LogLayout.FOLDER);
            return name;
        } catch (IOException e) {
            var failure = new IOException(
                    "a torn tail cannot be kept before it is cut: lsn=" + stop.lsn() + " bytes="
                            + (scan.size() - stop.offset()) + ": " + e.getMessage(),
                    e);
            try {
                removeUnfinished(disk);
            } catch (IOException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    /** Deletes what a crash or a failure left half written. */
    static void removeUnfinished(Disk disk) throws IOException {
        disk.delete(LogLayout.KEPT_TEMPORARY);
    }

    /** What to say of a kept file. */
    static String note(Disk disk, MemoryBudget budget, String name) throws IOException {
        if (name.equals(LogLayout.KEPT_TEMPORARY_NAME)) {
            return "a crash left it, and the next start removes it";
        }
        String file = LogLayout.FOLDER + "/" + name;
        try (var opened = disk.open(file);
                var window = new LogWindow(opened, budget)) {
            return "kept of what a start cut off the log"
                    + (LogLayout.tellsCrc(name, window.crc()) ? "" : ", and no longer what it was")
                    + "; delete it when it is no longer wanted";
        }
    }
}
