package sherd.engine.archive;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.disk.SendableFile;

/**
 * The bytes of a segment, to be had until this is closed whatever becomes of the table: a merge, retention or a drop
 * takes the segment from all others only. Its file counts among the open ones. Thread-safe.
 */
public final class SegmentContent implements AutoCloseable {
    private final SegmentHandle handle;
    private final CheckedFile file;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SegmentContent(SegmentHandle handle, CheckedFile file) {
        this.handle = handle;
        this.file = file;
    }

    /** Only while someone else surely holds the segment, whose file must be as long as it was. Blocks. */
    public static SegmentContent of(SegmentHandle handle) {
        handle.retain();
        Segment open = null;
        try {
            open = handle.pin();
        } finally {
            if (open == null) {
                release(handle);
            }
        }
        var content = new SegmentContent(handle, open.file());
        boolean whole = false;
        try {
            handle.guard(content::isWhole);
            whole = true;
            return content;
        } finally {
            if (!whole) {
                content.close();
            }
        }
    }

    private boolean isWhole() {
        file.requireSize();
        return true;
    }

    public SegmentMeta meta() {
        return handle.meta();
    }

    /** For sending without copying. */
    public Optional<SendableFile> sendable() {
        return file.sendable();
    }

    /** Whether a range is in memory; false if nobody knows. */
    public boolean isResident(long offset, long length) {
        return file.isResident(offset, length);
    }

    /** Waits until the system has a range in memory; CORRUPT_SEGMENT if it is not there. */
    public void bring(long offset, long length) {
        handle.guard(() -> {
            file.bring(offset, length);
            return true;
        });
    }

    /** Fills a buffer. Blocks. */
    public void read(long offset, ByteBuffer target) {
        handle.guard(() -> {
            file.readOnce(offset, target);
            return true;
        });
    }

    /** May delete the file, if nobody else holds it any more. Blocks. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            handle.unpin();
            release(handle);
        }
    }

    private static void release(SegmentHandle handle) {
        if (handle.release()) {
            handle.deleteFile();
        }
    }
}
