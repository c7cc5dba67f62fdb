package sherd.engine;

import java.io.IOException;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** Keeps two processes from opening one data folder. */
final class FolderLock {
    static final String FILE = "LOCK";

    private FolderLock() {}

    static AutoCloseable take(Disk disk) {
        try {
            var lock = disk.tryLock(FILE);
            if (lock == null) {
                throw new StoreException(
                        ErrorCode.DATA_IN_USE,
                        "the data folder is in use by another process: data=" + disk.describe()
                                + "; stop that process or choose another folder");
            }
            return lock;
        } catch (IOException e) {
            throw new StoreException(
                    ErrorCode.DISK_FAILED,
                    "cannot use the data folder: data=" + disk.describe() + " reason='" + e
                            + "'; set storage.data to a folder that this user may write to",
                    e);
        }
    }

    static void release(AutoCloseable lock) {
        try {
            lock.close();
        } catch (Exception e) {
            throw new StoreException(ErrorCode.DISK_FAILED, "cannot let go of the data folder: " + e.getMessage(), e);
        }
    }
}
