package sherd.engine.archive.file;

import java.io.IOException;
import sherd.engine.disk.Disk;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.objects.ObjectException;

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
        if (cause instanceof ObjectException failure) {
            return readingObject(file, failure);
        }
        return new StoreException(
                ErrorCode.DISK_FAILED,
                "could not read: file=" + file + " cause='" + cause.getMessage() + "'; check the disk",
                cause);
    }

    /** Only an object that is there and too short is damage; one that cannot be had may come back. */
    private static StoreException readingObject(String file, ObjectException failure) {
        var cause = " cause='" + failure.getMessage() + "'";
        return switch (failure.reason()) {
            case AWAY -> unavailable(file, cause + "; ask again when the object store can be reached", failure);
            case REFUSED -> unavailable(file, cause + "; check the section [objects] of the configuration", failure);
            case MISSING ->
                unavailable(file, cause + "; check objects.bucket, or put the object back from a copy", failure);
            case SHORT -> corruptSegment(file, 0, String.valueOf(failure.getMessage()), failure);
        };
    }

    private static StoreException unavailable(String file, String why, ObjectException failure) {
        return new StoreException(
                ErrorCode.OBJECTS_UNAVAILABLE,
                "a segment that is in object storage cannot be read now: file=" + file + why,
                failure);
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
