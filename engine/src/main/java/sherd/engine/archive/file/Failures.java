package sherd.engine.archive.file;

import java.io.IOException;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** Turns what the disk says into what the store says. */
public final class Failures {
    private Failures() {}

    public static StoreException writing(String file, IOException cause) {
        if (Disk.isFull(cause)) {
            return new StoreException(
                    ErrorCode.DISK_FULL,
                    "the disk is full, no room for a file: file=" + file + " reason='" + cause.getMessage()
                            + "'; make room and try again",
                    cause);
        }
        return new StoreException(
                ErrorCode.DISK_FAILED,
                "could not write: file=" + file + " cause='" + cause.getMessage() + "'; check the disk",
                cause);
    }

    public static StoreException reading(String file, IOException cause) {
        return new StoreException(
                ErrorCode.DISK_FAILED,
                "could not read: file=" + file + " cause='" + cause.getMessage() + "'; check the disk",
                cause);
    }

    public static StoreException corruptSegment(String file, long offset, String problem) {
        return new StoreException(
                ErrorCode.CORRUPT_SEGMENT,
                "segment is damaged: file=" + file + " offset=" + offset + " problem='" + problem
                        + "'; restore it from a copy");
    }

    public static StoreException corruptSegment(String file, long offset, String problem, Throwable cause) {
        return new StoreException(
                ErrorCode.CORRUPT_SEGMENT,
                "segment is damaged: file=" + file + " offset=" + offset + " problem='" + problem
                        + "'; restore it from a copy",
                cause);
    }
}
