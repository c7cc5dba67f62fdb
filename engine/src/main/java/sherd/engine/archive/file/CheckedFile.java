package sherd.engine.archive.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;

/** Positional reads of a published file. Thread-safe. */
public final class CheckedFile implements AutoCloseable {
    private final DiskFile file;
    private final String name;
    private final long size;
    /** The last bytes of the file while it is being opened, so that opening is one read. */
    private volatile byte[] tail = {};

    private CheckedFile(DiskFile file, String name, long size) {
        this.file = file;
        this.name = name;
        this.size = size;
    }

    public static CheckedFile open(Disk disk, String name) {
        try {
            if (!disk.exists(name)) {
                throw Failures.corruptSegment(name, 0, "the file is not there");
            }
            var file = disk.open(name);
            return new CheckedFile(file, name, file.size());
        } catch (IOException e) {
            throw Failures.reading(name, e);
        }
    }

    /** A file that is not in the data folder, of a length that is known. */
    public static CheckedFile of(DiskFile file, String name, long size) {
        return new CheckedFile(file, name, size);
    }

    public String name() {
        return name;
    }

    public long size() {
        return size;
    }

    /** Fetches the end of the file; reads within it are answered from memory until {@link #dropTail}. */
    public void loadTail(int length, ReadStats stats) {
        int kept = (int) Math.min(length, size);
        tail = read(size - kept, kept, stats);
    }

    public void dropTail() {
        tail = new byte[0];
    }

    /** Bytes as they are; whoever asks checks them. */
    public byte[] read(long offset, long length, ReadStats stats) {
        if (offset < 0 || length < 0 || length > Integer.MAX_VALUE - 16 || offset > size - length) {
            throw Failures.corruptSegment(name, offset, "a range beyond the file: length=" + length);
        }
        var bytes = new byte[(int) length];
        var end = tail;
        if (offset >= size - end.length) {
            System.arraycopy(end, (int) (offset - (size - end.length)), bytes, 0, bytes.length);
            return bytes;
        }
        try {
            int got = file.read(ByteBuffer.wrap(bytes), offset);
            if (got != bytes.length) {
                throw Failures.corruptSegment(name, offset, "the file was cut while open");
            }
        } catch (IOException e) {
            throw Failures.reading(name, e);
        }
        stats.add(length);
        return bytes;
    }

    public byte[] readChecked(Extent extent, ReadStats stats) {
        var bytes = read(extent.offset(), extent.length(), stats);
        if (crc(bytes, 0, bytes.length) != extent.crc()) {
            throw Failures.corruptSegment(name, extent.offset(), "checksum differs: length=" + extent.length());
        }
        return bytes;
    }

    public static int crc(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw Failures.reading(name, e);
        }
    }
}
