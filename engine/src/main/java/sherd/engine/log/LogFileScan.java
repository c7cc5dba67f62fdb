package sherd.engine.log;

import java.io.IOException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;

/** Reads one log file and trusts none of it. Recovery and the checker both see the log through this. */
final class LogFileScan implements AutoCloseable {
    /** Batches that are told ahead at once. */
    private static final int AHEAD = 64;

    private final DiskFile file;
    private final LogWindow window;
    private final long nameLsn;
    private final CRC32C crc = new CRC32C();
    private int salt;

    /**
     * Where a scan ended.
     *
     * @param lsn the LSN just past the last good frame
     */
    record Stop(long offset, long lsn, @Nullable Damage damage) {}

    /**
     * Why a frame is not good.
     *
     * @param unfinished true if it looks like the front part of a write: the file ends inside it, or it is all zeros
     * @param skipTo where the next frame must be if the length can be believed, or -1
     */
    record Damage(String problem, boolean unfinished, boolean afterEnd, long skipTo) {}

    LogFileScan(Disk disk, long nameLsn, MemoryBudget budget) throws IOException {
        this.nameLsn = nameLsn;
        this.file = disk.open(LogLayout.fileName(nameLsn));
        LogWindow opened = null;
        try {
            opened = new LogWindow(file, budget);
        } finally {
            if (opened == null) {
                file.close();
            }
        }
        this.window = opened;
    }

    long size() {
        return window.size();
    }

    int salt() {
        return salt;
    }

    /** What is wrong with the file's header, or null. Must be asked before {@link #scan}. */
    @Nullable
    String headerProblem() throws IOException {
        if (size() < LogLayout.FILE_HEADER_BYTES) {
            return "the file header is cut short";
        }
        long header = window.at(0, LogLayout.FILE_HEADER_BYTES);
        salt = LogLayout.salt(header);
        return LogLayout.fileHeaderProblem(header, nameLsn);
    }

    /** True if the file looks as a crash just after its creation leaves it: nothing was ever acknowledged from it. */
    boolean isUnborn() throws IOException {
        return size() <= LogLayout.FILE_HEADER_BYTES && (size() < LogLayout.FILE_HEADER_BYTES || zerosFrom(0));
    }

    /** Hands out all batches of the good frames from {@code offset} on, up to the end or the first bad frame. */
    Stop scan(long offset, long lsn, CommitLog.Replay visitor) throws IOException {
        long at = offset;
        long next = lsn;
        boolean ended = false;
        while (at < size()) {
            Damage damage = ended ? new Damage("bytes after the end mark", false, true, -1) : frameDamage(at, next);
            if (damage != null) {
                return new Stop(at, next, damage);
            }
            long frame = window.at(at, LogLayout.FRAME_HEADER_BYTES);
            int payload = LogLayout.payloadBytes(frame);
            int kind = LogLayout.kind(frame);
            ended = kind == LogLayout.END_MARK;
            if (kind != LogLayout.PADDING) {
                visit(window.at(at, LogLayout.FRAME_HEADER_BYTES + payload), payload, next, visitor);
                next += payload;
            }
            at += LogLayout.FRAME_HEADER_BYTES + payload;
        }
        return new Stop(at, next, null);
    }

    private @Nullable Damage frameDamage(long offset, long lsn) throws IOException {
        long rest = size() - offset - LogLayout.FRAME_HEADER_BYTES;
        if (rest < 0) {
            return new Damage("the file ends inside a frame header", true, false, -1);
        }
        long frame = window.at(offset, LogLayout.FRAME_HEADER_BYTES);
        if (!LogLayout.isFrameHeader(frame, salt, crc)) {
            return new Damage("the frame header fails its checksum", zerosFrom(offset), false, -1);
        }
        int payload = LogLayout.payloadBytes(frame);
        if (payload > rest) {
            return new Damage("the file ends inside a frame", true, false, -1);
        }
        long end = offset + LogLayout.FRAME_HEADER_BYTES + payload;
        if (LogLayout.firstLsn(frame) != lsn) {
            return new Damage("frame out of order: lsn=" + LogLayout.firstLsn(frame), false, true, end);
        }
        frame = window.at(offset, LogLayout.FRAME_HEADER_BYTES + payload);
        if (LogLayout.crc(frame + LogLayout.FRAME_HEADER_BYTES, payload) != LogLayout.payloadCrc(frame)) {
            return new Damage("the frame fails its checksum", false, false, end);
        }
        boolean padding = LogLayout.kind(frame) == LogLayout.PADDING;
        if (!padding && !wellFormed(frame + LogLayout.FRAME_HEADER_BYTES, payload)) {
            return new Damage("the frame's batches do not fill it", false, true, end);
        }
        return null;
    }

    private static boolean wellFormed(long payload, int bytes) {
        int at = 0;
        while (bytes - at >= LogLayout.BATCH_HEADER_BYTES) {
            int length = OffHeap.getInt(payload + at);
            at += LogLayout.BATCH_HEADER_BYTES;
            if (length < 0 || length > bytes - at) {
                return false;
            }
            at += length;
        }
        return at == bytes;
    }

    private static void visit(long frame, int payload, long firstLsn, CommitLog.Replay visitor) {
        long at = frame + LogLayout.FRAME_HEADER_BYTES;
        long end = at + payload;
        long lsn = firstLsn;
        int ahead = 0;
        while (at < end) {
            if (ahead == 0) {
                ahead = announce(at, end, lsn, visitor);
            }
            ahead--;
            int length = OffHeap.getInt(at);
            at += LogLayout.BATCH_HEADER_BYTES;
            lsn += LogLayout.BATCH_HEADER_BYTES + length;
            visitor.batch(lsn, at, length);
            at += length;
        }
    }

    /** Tells of the next batches of a frame, and returns how many these are. */
    private static int announce(long from, long end, long firstLsn, CommitLog.Replay visitor) {
        long at = from;
        long lsn = firstLsn;
        int told = 0;
        for (; at < end && told < AHEAD; told++) {
            int length = OffHeap.getInt(at);
            at += LogLayout.BATCH_HEADER_BYTES;
            lsn += LogLayout.BATCH_HEADER_BYTES + length;
            visitor.ahead(lsn, at, length);
            at += length;
        }
        return told;
    }

    /** Offset of the next frame header this file's writer made, at or after {@code offset}, or -1. */
    long findFrame(long offset) throws IOException {
        for (long at = offset; at + LogLayout.FRAME_HEADER_BYTES <= size(); at++) {
            if (LogLayout.isFrameHeader(window.at(at, LogLayout.FRAME_HEADER_BYTES), salt, crc)) {
                return at;
            }
        }
        return -1;
    }

    /**
     * Offset of a later frame that was written when everything up to beyond {@code lsn} was already on stable
     * storage, or -1. If there is one, a bad frame at {@code lsn} was damaged after it had been stored.
     */
    long findProofOfStorage(long offset, long lsn) throws IOException {
        long at = findFrame(offset);
        while (at >= 0 && LogLayout.durableLsn(window.at(at, LogLayout.FRAME_HEADER_BYTES)) <= lsn) {
            at = findFrame(at + 1);
        }
        return at;
    }

    /**
     * True if the bytes from a bad frame on are plainly the front part of a write that never finished. Else they may be a
     * stored frame that was damaged, with good ones after it.
     */
    boolean isUnfinished(Stop stop) throws IOException {
        return stop.damage() != null && stop.damage().unfinished() && findFrame(stop.offset() + 1) < 0;
    }

    /** Writes the file's header and all bytes from {@code offset} on to another file; returns their checksum. */
    int copyTail(long offset, DiskFile target) throws IOException {
        crc.reset();
        copy(0, LogLayout.FILE_HEADER_BYTES, target, 0);
        long at = offset;
        while (at < size()) {
            int bytes = (int) Math.min(size() - at, LogWindow.BYTES);
            copy(at, bytes, target, LogLayout.FILE_HEADER_BYTES + at - offset);
            at += bytes;
        }
        return (int) crc.getValue();
    }

    private void copy(long offset, int bytes, DiskFile target, long to) throws IOException {
        long address = window.at(offset, bytes);
        crc.update(OffHeap.buffer(address, bytes));
        target.write(OffHeap.buffer(address, bytes), to);
    }

    long lsnOfFrame(long offset) throws IOException {
        return LogLayout.firstLsn(window.at(offset, LogLayout.FRAME_HEADER_BYTES));
    }

    private boolean zerosFrom(long offset) throws IOException {
        for (long at = offset; at < size(); at++) {
            if (OffHeap.getByte(window.at(at, 1)) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        window.close();
        file.close();
    }
}
